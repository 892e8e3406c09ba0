"""`make bench` prints the table and writes build/bench.json; `make bench NAME=weight` runs one.

`QUICK=1` is a short run that shows that all work; `KEPT_BENCH_ENGINES=sqlite` leaves an engine out.
One whose arms do not find the same, or that breaks, does not stop the others; the exit code is 1.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from time import monotonic

from benchmarks import table
from benchmarks.measure import environment

_HERE = Path(__file__).parent
_PACKAGES = {"gdprbench"}
_RUNS = "\ndef run() -> list["
NAMES = sorted(
    {path.stem for path in _HERE.glob("*.py") if _RUNS in path.read_text("utf-8")} | _PACKAGES
)
"""The files that measure something; the others help them."""


def main(words: list[str]) -> None:
    """Run the named files and packages of this folder, or all."""
    unknown = set(words) - set(NAMES)
    if unknown:
        sys.exit(f"no benchmark `{unknown.pop()}`; there are {', '.join(NAMES)}")
    rows: list[table.Row] = []
    seconds: dict[str, float] = {}
    broken: list[str] = []
    for name in words or NAMES:
        print(f"== {name}", flush=True)
        start = monotonic()
        try:
            made = import_module(f"benchmarks.{name}").run()
        except Exception:  # shown, counted, and the next one has its turn
            traceback.print_exc()
            broken.append(name)
            continue
        table.show(made)
        rows += made
        seconds[name] = round(monotonic() - start, 1)
        _write(rows, seconds, broken)
    _write(rows, seconds, broken)
    print(table.summary(rows, sum(seconds.values())))
    if broken:
        sys.exit(f"broken: {', '.join(broken)}")


def _write(rows: list[table.Row], seconds: dict[str, float], broken: list[str]) -> None:
    """After each file, so that a run that is broken off leaves what it found."""
    place = Path(os.environ.get("KEPT_BENCH_JSON", _HERE.parent / "build" / "bench.json"))
    place.parent.mkdir(exist_ok=True)
    told = {
        "environment": environment(),
        "seconds": seconds,
        "broken": broken,
        "rows": [row.as_json() for row in rows],
    }
    place.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
