"""The copy for programs: one JSON document with its schema, and one CSV file for each table.

Rules: the same records as the pages, in the same order; the JSON document is exact, its form is the
JSON Schema beside it; a CSV cell that a spreadsheet would run as a formula gets an apostrophe in
front, which the JSON does not have.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from kept.keepers.rights.package.gathering import Gathered
from kept.keepers.rights.package.history import Told
from kept.keepers.rights.package.records import Record
from kept.keepers.rights.package.tables import Table

FORM = "kept-copy/1"
_FORMULA = frozenset("=@\t\r")
_SIGNS = frozenset("+-")
_encode = msgspec.json.Encoder().encode


def document(
    gathered: Gathered,
    records: Callable[[Table], Iterator[bytes]],
    history: Iterator[bytes],
) -> Iterator[bytes]:
    """`data.json`, piece by piece; `records`, `history`: as the walks over them wrote them."""
    head = json.dumps(gathered.about(), ensure_ascii=False)
    yield f'{{"form": "{FORM}", "about": {head}, "tables": ['.encode()
    for number, table in enumerate(gathered.tables):
        yield b",\n" if number else b"\n"
        yield from _table(table, records)
    yield b'\n], "history": ['
    yield from history
    yield b"\n]}\n"


class Cells:
    """`tables/<table>.csv` (RFC 4180), a line for each value: records differ in their fields."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow(("record", "day", "point", "field", "label", "category", "value"))

    def add(self, found: Record) -> None:
        """Write a record."""
        day = found.since.isoformat() if found.since else ""
        each = (_safe(found.id), day, _safe(found.point))
        self._writer.writerows([
            (*each, *_about(one.name, one.label, one.category), _safe(_text(one.value)))
            for one in found.values
        ])  # fmt: skip

    @property
    def size(self) -> int:
        """Characters that wait to be taken."""
        return self._text.tell()

    def take(self) -> bytes:
        """What was written since the last time."""
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text.encode("utf-8")


def record(found: Record) -> bytes:
    """A record in JSON."""
    return _encode(found)


def event(told: Told, receipt: str) -> bytes:
    """An event in JSON; `receipt`: the file that proves it, empty while it waits to be signed."""
    return _encode(
        {"day": told.day, "kind": told.kind, "says": told.says, "event": told.event,
         "receipt": receipt or None}
    )  # fmt: skip


def _table(table: Table, records: Callable[[Table], Iterator[bytes]]) -> Iterator[bytes]:
    head = json.dumps(
        {"table": table.label, "title": table.title, "expected": table.expected,
         "left_out": dict(table.left_out)},
        ensure_ascii=False,
    )  # fmt: skip
    yield f'{head[:-1]}, "records": ['.encode()
    yield from records(table)
    tail = {"reached": table.reached, "failed": table.failed}
    yield b"], " + json.dumps(tail).encode()[1:]


@lru_cache(1_000)  # of fields, which come back in each record
def _about(name: str, label: str, category: str) -> tuple[str, str, str]:
    return _safe(name), _safe(label), _safe(category)


def _safe(text: str) -> str:
    """No spreadsheet runs it: signs before anything that is not a number are defused too."""
    first = text[:1]
    if first in _FORMULA or (first in _SIGNS and not _is_number(text)):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    return text[1:].replace(" ", "").replace(".", "").replace("-", "").isdigit()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _encode(value).decode()


SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A copy of the personal data that is held about one person",
    "type": "object",
    "required": ["form", "about", "tables", "history"],
    "additionalProperties": False,
    "properties": {
        "form": {"const": FORM},
        "about": {
            "type": "object",
            "required": ["site", "made", "policy", "person", "points"],
            "properties": {
                "site": {"type": "string"},
                "made": {"type": "string", "format": "date"},
                "policy": {"type": "string"},
                "person": {"type": "string", "format": "uuid"},
                "points": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "required": ["says", "purposes", "keep", "recipients"],
                    },
                },
            },
        },
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    "table", "title", "expected", "left_out", "records", "reached", "failed",
                ],
                "properties": {
                    "expected": {"type": "integer", "minimum": 0},
                    "reached": {"type": "integer", "minimum": 0},
                    "failed": {"type": "string"},
                    "left_out": {"type": "object", "additionalProperties": {"type": "string"}},
                    "records": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "point", "since", "values"],
                            "properties": {
                                "since": {"type": ["string", "null"], "format": "date"},
                                "values": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["name", "label", "category", "value"],
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
        "history": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["day", "kind", "says", "event", "receipt"],
                "properties": {
                    "day": {"type": "string", "format": "date"},
                    "kind": {"type": "string"},
                    "says": {"type": "string"},
                    "event": {"type": "object"},
                    "receipt": {"type": ["string", "null"]},
                },
            },
        },
    },
}  # fmt: skip
"""The form of `data.json`. The files of the copy may grow; what is there keeps its meaning."""


def schema() -> bytes:
    """`data.schema.json`."""
    return json.dumps(SCHEMA, indent=2).encode() + b"\n"
