"""Every error and lint of the language: what it means, why it is one, a bad and a good example.

Rules: the list is one file of data, so that the reference, the tests and the messages say the same;
each code is registered with the house's codes, so that an undocumented one cannot exist.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from kept._kit.errors import code
from kept.policy.frozen import Frozen


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. `bad` gives exactly this code and nothing else, `good` nothing at all."""

    id: str
    title: str
    do: str
    why: str
    defect: str
    """The defect's name, and that of its test vector."""
    bad: str
    """The offending text as the reference shows it."""
    bad_file: bytes
    """A whole file with the defect."""
    good: str
    good_file: bytes

    @property
    def severity(self) -> str:
        """`error` or `lint`."""
        return "error" if self.id.startswith("E") else "lint"


def _entry(id: str, row: Mapping[str, Any], head: str) -> Entry:
    code(id, row["title"], do=row["do"])
    before = "" if row.get("whole") else head
    bad, good = row["bad"].strip() + "\n", row["good"].strip() + "\n"
    given = row.get("bad-bytes")
    return Entry(
        id=id,
        title=row["title"],
        do=row["do"],
        why=row["why"],
        defect=row["defect"],
        bad=bad,
        bad_file=bytes.fromhex(given) if given else f"{before}\n{bad}".lstrip().encode(),
        good=good,
        good_file=f"{before}\n{good}".lstrip().encode(),
    )


_ROWS = tomllib.loads(files("kept.policy").joinpath("codes.toml").read_text("utf-8"))
HEAD = str(_ROWS.pop("head")).strip() + "\n"
"""What stands before the examples that are not whole files."""
ENTRIES: Frozen[str, Entry] = Frozen(
    {id: _entry(id, row, HEAD) for id, row in sorted(_ROWS.items())}
)
"""Every code, by id."""
