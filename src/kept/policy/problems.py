"""What is wrong with a policy file, said so that its writer can mend it without a manual.

Rules: every problem has a registered code, stands at a line, names the offending word in backticks
and, where one is near, the word that was probably meant. Looking for near words is bounded, so that
a file full of mistakes is answered as fast as a good one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from kept.policy.positions import Path, Positions

Severity: TypeAlias = Literal["error", "lint"]

_LONGEST_WORD = 40
_MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or lint, where it stands, and what was probably meant."""

    code: str
    """`E…` for an error, `W…` for a lint; each has a page in the reference."""
    severity: Severity
    message: str
    file: str
    line: int
    word: str = ""
    suggestion: str = ""
    """What to write instead: one word, or empty."""

    def __str__(self) -> str:
        """One line: `E014 unknown purpose `newsleter` (policy.toml:31); did you mean `news`?`."""
        hint = f"; did you mean `{self.suggestion}`?" if self.suggestion else ""
        return f"{self.code} {self.message} ({self.file}:{self.line}){hint}"


def nearest(word: str, among: Iterable[str]) -> str:
    """The word of `among` that `word` was probably meant to be, or an empty text.

    Words longer than any name and lists longer than a person writes are not searched.
    """
    if not word or len(word) > _LONGEST_WORD:
        return ""
    known = [one for one in among if len(one) <= _LONGEST_WORD]
    if len(known) > _MOST_WORDS:
        known = known[:_MOST_WORDS]
    same = word.lower().replace("_", "-").replace(" ", "-")
    for one in known:
        if one.lower().replace("_", "-").replace(" ", "-") == same and one != word:
            return one
    found = get_close_matches(word, known, n=1, cutoff=0.6)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Where:
    """The file that problems are found in: its name, and where its keys stand."""

    file: str
    positions: Positions

    def error(
        self, code: str, message: str, path: Path, *, word: str = "", among: Iterable[str] = ()
    ) -> Problem:
        """An error at the key `path`, about `word`, which should have been one of `among`."""
        line = self.positions.line(path)
        return Problem(code, "error", message, self.file, line, word, nearest(word, among))

    def lint(self, code: str, message: str, path: Path, *, word: str = "") -> Problem:
        """A lint at the key `path`."""
        return Problem(code, "lint", message, self.file, self.positions.line(path), word)
