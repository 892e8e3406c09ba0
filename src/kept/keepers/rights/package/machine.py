"""The copy for programs: one JSON document with its schema, and one CSV file for each table.

Rules: the same records as the pages, in the same order; the JSON document is exact, its form is the
JSON Schema beside it; a CSV cell that a spreadsheet would run as a formula gets an apostrophe in
front, which the JSON does not have.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kept.keepers.rights.package.gathering import Gathered
from kept.keepers.rights.package.records import Record
from kept.keepers.rights.package.tables import Table

FORM = "kept-copy/1"
_FORMULA = ("=", "@", "\t", "\r")


def document(gathered: Gathered, history: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """`data.json`, piece by piece."""
    head = json.dumps(gathered.about(), ensure_ascii=False)
    yield f'{{"form": "{FORM}", "about": {head}, "tables": ['.encode()
    for number, table in enumerate(gathered.tables):
        yield b",\n" if number else b"\n"
        yield from _table(gathered, table)
    yield b'\n], "history": ['
    for number, event in enumerate(history):
        yield (b",\n" if number else b"\n") + json.dumps(event, ensure_ascii=False).encode()
    yield b"\n]}\n"


def cells(gathered: Gathered, table: Table) -> Iterator[bytes]:
    """`tables/<table>.csv` (RFC 4180), a line for each value: records differ in their fields."""
    yield _line(("record", "day", "point", "field", "label", "category", "value"))
    for record in gathered.records(table):
        day = record.since.isoformat() if record.since else ""
        for one in record.values:
            value = _text(one.value)
            row = (record.id, day, record.point, one.name, one.label, one.category, value)
            yield _line(row)


def _table(gathered: Gathered, table: Table) -> Iterator[bytes]:
    head = json.dumps(
        {"table": table.label, "title": table.title, "expected": table.expected,
         "left_out": dict(table.left_out)},
        ensure_ascii=False,
    )  # fmt: skip
    yield f'{head[:-1]}, "records": ['.encode()
    for number, record in enumerate(gathered.records(table)):
        yield (b",\n" if number else b"\n") + json.dumps(_record(record)).encode()
    tail = {"reached": table.reached, "failed": table.failed}
    yield b"], " + json.dumps(tail).encode()[1:]


def _record(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "point": record.point,
        "since": record.since.isoformat() if record.since else None,
        "values": [
            {"name": one.name, "label": one.label, "category": one.category, "value": one.value}
            for one in record.values
        ],
    }


def _line(values: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_safe(one) for one in values])
    return text.getvalue().encode("utf-8")


def _safe(text: str) -> str:
    """No spreadsheet runs it: signs before anything that is not a number are defused too."""
    risky = text.startswith(_FORMULA) or (text[:1] in "+-" and not _is_number(text))
    return f"'{text}" if text and risky else text


def _is_number(text: str) -> bool:
    return text[1:].replace(" ", "").replace(".", "").replace("-", "").isdigit()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
            "items": {"type": "object", "required": ["day", "kind", "says"]},
        },
    },
}  # fmt: skip
"""The form of `data.json`. The files of the copy may grow; what is there keeps its meaning."""


def schema() -> bytes:
    """`data.schema.json`."""
    return json.dumps(SCHEMA, indent=2).encode() + b"\n"
