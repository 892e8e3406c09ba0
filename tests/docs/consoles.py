"""The `console` blocks of a page: commands in their order, each with the words it must print."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_EXITS = re.compile(r"\s+# exits (\d+)$")


@dataclass
class Step:
    """One command of a page."""

    command: str
    exits: int = 0
    prints: list[str] = field(default_factory=list)


def steps(page: Path) -> list[Step]:
    """Every command of `page`, in order."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    return [step for block in blocks for step in steps_of(block)]


def steps_of(block: str) -> list[Step]:
    """Every command of one block."""
    found: list[Step] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(_step(line[2:]))
        elif line.strip():
            found[-1].prints.append(line.strip())
    return found


def _step(line: str) -> Step:
    exits = _EXITS.search(line)
    return Step(_EXITS.sub("", line), int(exits[1]) if exits else 0)
