"""`make bench` prints the table and writes build/bench.json; `make bench NAME=weight` runs one.

`QUICK=1` is a short run that shows that all work; `KEPT_BENCH_ENGINES=sqlite` leaves an engine out.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from benchmarks import table
from benchmarks.measure import environment

_HERE = Path(__file__).parent
_NOT_ROWS = {
    "__init__", "__main__", "measure", "models", "people", "settings", "table", "world",
}  # fmt: skip

_PACKAGES = {"gdprbench"}


def main(words: list[str]) -> None:
    """Run the named files and packages of this folder, or all."""
    files = {path.stem for path in _HERE.glob("*.py")} - _NOT_ROWS
    names = sorted(files | _PACKAGES)
    unknown = set(words) - set(names)
    if unknown:
        sys.exit(f"no benchmark `{unknown.pop()}`; there are {', '.join(names)}")
    rows: list[table.Row] = []
    for name in words or names:
        print(f"== {name}", flush=True)
        made = import_module(f"benchmarks.{name}").run()
        table.show(made)
        rows += made
        _write(rows)


def _write(rows: list[table.Row]) -> None:
    """After each file, so that a run that is broken off leaves what it found."""
    place = Path(os.environ.get("KEPT_BENCH_JSON", _HERE.parent / "build" / "bench.json"))
    place.parent.mkdir(exist_ok=True)
    told = {"environment": environment(), "rows": [row.as_json() for row in rows]}
    place.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
