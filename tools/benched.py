"""Write what benchmarks found into the documentation, between the marks of its tables.

Usage: python tools/benched.py [FILE …]    (of `make bench`; build/bench.json where none is named)

Of several files, later ones replace the rows of those targets that they have on the same engine.
What stands in a table and was not measured again stays.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_DOCS = ROOT / "docs"
PAGES = {
    "B": _DOCS / "explanation" / "performance.md",
    "B11": _DOCS / "explanation" / "gdprbench.md",
    "items": _DOCS / "explanation" / "beside-wordpress.md",
    "size": _DOCS / "how-to" / "size-a-machine.md",
}
"""The pages of each kind of row, by how their ids begin."""
_ENGINES = ("sqlite", "postgresql")
_ENGINE = re.compile(r",? (sqlite|postgresql)\b")
_DETAIL = re.compile(r" ?\([^()]*\)")
_TIMES, _LARGE = "\N{MULTIPLICATION SIGN}", 100
_HEAD = (
    "| id | work | target | SQLite, or no database | PostgreSQL |",
    "|---|---|---|---|---|",
)


@dataclass
class Line:
    """A line of a table: one piece of work, a figure for each engine."""

    id: str
    work: str
    target: str
    cells: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """As Markdown."""
        cells = " | ".join(self.cells.get(engine, "") for engine in _ENGINES)
        return f"| {self.id} | {self.work} | {self.target} | {cells} |"


def lines(rows: Iterable[dict[str, Any]]) -> list[Line]:
    """The lines for rows of `bench.json`, in the order of their ids."""
    made: dict[tuple[str, str], Line] = {}
    for row in rows:
        engine = _ENGINE.search(row["work"])
        work = _DETAIL.sub("", _ENGINE.sub("", row["work"])).strip()
        line = made.setdefault((row["id"], work), Line(row["id"], work, _target(row)))
        line.cells[engine[1] if engine else _ENGINES[0]] = _cell(row)
    return sorted(made.values(), key=lambda line: _number(line.id))


def _target(row: dict[str, Any]) -> str:
    if row["limit"] is None:
        return ""
    return f"{'≥' if row['at_least'] else '≤'} {_said(row['limit'], row['unit'])}"


def _cell(row: dict[str, Any]) -> str:
    said = _said(row["figure"], row["unit"])
    if row["low"] is not None and row["low"] != row["high"]:
        said += f" ({_rounded(row['low'])} to {_rounded(row['high'])})"
    if row.get("wrong"):
        said += f", {row['wrong']} wrong"
    return said + (", **met**" if row["met"] else "")


def _said(figure: float, unit: str) -> str:
    if unit.startswith("times"):
        return f"{_rounded(figure)}{_TIMES}{unit.removeprefix('times')}"
    return f"{_rounded(figure)} {unit}".strip()


def _rounded(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= _LARGE else f"{figure:.3g}"


def _number(id: str) -> tuple[str, int]:
    found = re.fullmatch(r"(\D+)(\d*)", id)
    return (found[1], int(found[2] or 0)) if found else (id, 0)


def _standing(text: str) -> Iterator[Line]:
    """The lines that stand on a page."""
    inside = text.partition(BEGIN)[2].partition(END)[0]
    for one in inside.splitlines():
        cells = [cell.strip() for cell in one.strip("|").split("|")]
        if len(cells) == len(_ENGINES) + 3 and cells[0] not in ("id", "---"):
            found = {e: cell for e, cell in zip(_ENGINES, cells[3:], strict=True) if cell}
            yield Line(cells[0], cells[1], cells[2], found)


def merged(standing: list[Line], new: list[Line]) -> list[Line]:
    """`new` over `standing`: a target that was measured on an engine loses its figures there."""
    again = {(line.id, engine) for line in new for engine in line.cells}
    found = {(line.id, line.work): line for line in new}
    kept: list[Line] = []
    for line in standing:
        cells = {e: one for e, one in line.cells.items() if (line.id, e) not in again}
        same = found.get((line.id, line.work))
        if same is not None:
            same.cells = {**cells, **same.cells}
        elif cells:
            kept.append(Line(line.id, line.work, line.target, cells))
    return sorted([*kept, *new], key=lambda line: _number(line.id))


def written(text: str, new: list[Line]) -> str:
    """A page with its table written anew."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    table = "\n".join([*_HEAD, *(line.text() for line in merged(list(_standing(text)), new))])
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main(files: list[str]) -> None:
    """Write the pages."""
    for name in files or [str(ROOT / "build" / "bench.json")]:
        told = json.loads(Path(name).read_text("utf-8"))
        if told["environment"]["quick"]:
            sys.exit(f"{name}: of a quick run, whose figures prove nothing")
        for start, page in PAGES.items():
            some = [row for row in told["rows"] if row["id"].startswith(start)]
            if some:
                page.write_text(written(page.read_text("utf-8"), lines(some)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
