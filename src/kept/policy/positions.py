"""Where each key of a TOML text stands: the line numbers that `tomllib` does not keep.

Rules: one pass from left to right, every character looked at a bounded number of times; limits on
depth come before `tomllib` sees the text, so that no text makes it slow or deep. The scanner trusts
nothing about the values (that is tomllib's part) and never decides whether a text is valid.
"""

import re
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

DEEPEST = 12
"""Most parts of a dotted key, and most brackets inside each other."""

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*+")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*+"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'{1,2}(?!'))*+'{3,5}")
_SCALAR = re.compile(r"[^\n#,\]}]+")
_ESCAPE = re.compile(r'\\(?:(["\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([btnfr]))')
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class TooDeepError(ValueError):
    """The text nests deeper than a policy ever does; `line` says where."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


class _Unreadable(Exception):  # noqa: N818 - ends the scan; never leaves this module
    """The text is not TOML here: tomllib will say so better."""


@dataclass(slots=True)
class Positions:
    """Lines (from 1) of keys, tables and array items by their path."""

    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of `path`, else of the nearest table around it; 1 for the whole file."""
        for length in range(len(path), 0, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return 1


def scan(text: str) -> Positions:
    """The positions of all keys of `text`; of those before the first unreadable place if invalid.

    Raises `TooDeepError` where keys or brackets nest deeper than `DEEPEST`.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with suppress(_Unreadable):
        scanner.document()
    return Positions(scanner.found)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.counted, self.line = text, 0, 0, 1
        self.found: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}

    def here(self) -> int:
        """The line of the current place; counts each line break once."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def peek(self, start: str) -> bool:
        return self.text.startswith(start, self.at)

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _Unreadable
        self.at = match.end()
        return match[0]

    def expect(self, mark: str) -> None:
        if not self.peek(mark):
            raise _Unreadable
        self.at += len(mark)

    def document(self) -> None:
        table: Path = ()
        while True:
            self.take(_BLANK)
            if self.at >= len(self.text):
                return
            if self.peek("["):
                table = self.header()
            else:
                self.pair(table, 0)

    def header(self) -> Path:
        line, many = self.here(), self.peek("[[")
        self.expect("[[" if many else "[")
        written = self.dotted()
        self.expect("]]" if many else "]")
        path: Path = ()
        for part in written[:-1]:
            path = self.enter((*path, part), line)
        path = (*path, written[-1])
        if many:
            self.found.setdefault(path, line)
            self.arrays[path] = index = self.arrays.get(path, -1) + 1
            path = (*path, index)
            self.found[path] = line
            return path
        self.found[path] = line
        return path

    def enter(self, path: Path, line: int) -> Path:
        """The table at `path` on the way down: the last one where it is an array of tables."""
        self.found.setdefault(path, line)
        return (*path, self.arrays[path]) if path in self.arrays else path

    def dotted(self) -> list[str]:
        parts: list[str] = []
        while True:
            self.take(_SPACE)
            parts.append(self.key())
            if len(parts) > DEEPEST:
                raise TooDeepError(self.here())
            self.take(_SPACE)
            if not self.peek("."):
                return parts
            self.at += 1

    def key(self) -> str:
        if self.peek('"'):
            return _ESCAPE.sub(_unescape, self.take(_BASIC)[1:-1])
        if self.peek("'"):
            return self.take(_LITERAL)[1:-1]
        return self.take(_BARE)

    def pair(self, table: Path, depth: int) -> None:
        line = self.here()
        path = table
        for part in self.dotted():
            path = (*path, part)
            self.found.setdefault(path, line)
        self.expect("=")
        self.take(_SPACE)
        self.value(path, depth)

    def value(self, path: Path, depth: int) -> None:
        if depth > DEEPEST:
            raise TooDeepError(self.here())
        if self.peek("["):
            self.array(path, depth)
        elif self.peek("{"):
            self.inline(path, depth)
        else:
            self.take(self.scalar())

    def scalar(self) -> re.Pattern[str]:
        if self.peek('"""'):
            return _LONG_BASIC
        if self.peek("'''"):
            return _LONG_LITERAL
        if self.peek('"'):
            return _BASIC
        return _LITERAL if self.peek("'") else _SCALAR

    def array(self, path: Path, depth: int) -> None:
        self.at += 1
        index = 0
        while True:
            self.take(_BLANK)
            if self.peek("]"):
                self.at += 1
                return
            self.found[(*path, index)] = self.here()
            self.value((*path, index), depth + 1)
            index += 1
            self.take(_BLANK)
            if not self.peek("]"):
                self.expect(",")

    def inline(self, path: Path, depth: int) -> None:
        self.at += 1
        self.take(_SPACE)
        while not self.peek("}"):
            self.pair(path, depth + 1)
            self.take(_SPACE)
            if not self.peek("}"):
                self.expect(",")
                self.take(_SPACE)
        self.at += 1


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    if match[4]:
        return _SHORT[match[4]]
    number = int(match[2] or match[3], 16)
    return chr(number) if number <= sys.maxunicode else "\N{REPLACEMENT CHARACTER}"
