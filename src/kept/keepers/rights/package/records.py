"""The rows of one table as records: what a person is given of each, in bounded memory.

Rules: rows are read and opened a few hundred at a time; a value that the key is gone for, or that
the gate withholds, is said to be so; whose row a reference leads to is asked for all rows of a
batch at once.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from kept import gate
from kept.keepers.rights.opening import opened
from kept.keepers.rights.package import columns
from kept.keepers.rights.package.spoken import spoken
from kept.keepers.rights.package.tables import Clause, Table
from kept.vault.holdings import holdings

BATCH = 400
GONE = "can no longer be read: its key is destroyed"
WITHHELD = "withheld"
ANOTHER = "another person's"
_AS_IT_IS = frozenset({str, bool, int, float})
_PASSWORD = "account.password"  # noqa: S105 - the name of a category


class Value(msgspec.Struct, frozen=True, gc=False):
    """One value of a record; as JSON, the fields in this order."""

    name: str
    label: str
    category: str
    """Its category in the policy's taxonomy; empty for an ordinary column."""
    value: Any
    """Text, number, boolean, list or None: what JSON can hold."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One row; as JSON, the fields in this order."""

    id: str
    point: str
    since: date | None
    values: tuple[Value, ...]


def records(table: Table, subject: UUID, clauses: Mapping[str, Clause]) -> Iterator[Record]:
    """The rows of `table`, counted as they are reached. Needs the person's own scope."""
    table.reached = 0
    # A batch or less is asked for at once: going through it by a cursor is three questions more.
    few = 0 < table.expected <= BATCH  # 0: also where counting failed
    rows = iter(table.rows if few else table.rows.iterator(chunk_size=BATCH))
    form = _Form(table.rows.model, clauses)
    while some := list(islice(rows, BATCH)):
        theirs = _theirs(some, subject)
        for row in some:
            yield form.record(row, theirs)
            table.reached += 1


class _Form:
    """What is the same for all rows of a table: its columns, and how each is told."""

    def __init__(self, model: Any, clauses: Mapping[str, Clause]) -> None:
        self._shape: Any = getattr(model, "_kept_shape", None)
        self._clauses = clauses
        said = spoken(model)
        self._columns = [
            (one.name, one.attname, _label(one.name), said.get(one.name))
            for one in columns.given(model)
        ]
        self._references = [
            (one.name, one.attname, _label(one.name)) for one in columns.references(model)
        ]

    def record(self, row: Any, theirs: Mapping[str, set[Any]]) -> Record:
        """A row; `theirs`: by reference, whose rows it may lead to."""
        shape = self._shape
        point = (shape.point(row) if shape is not None else None) or ""
        values = [] if shape is None else self._sealed(row, point)
        known = {one.name for one in values}
        for name, column, label, say in self._columns:
            if name not in known:
                found = getattr(row, column)
                if say is not None and found is not None:
                    found = say(found)
                values.append(Value(name, label, "", _plain(found)))
        for name, column, label in self._references:
            target = getattr(row, column)
            if target is not None:
                whose = str(target) if target in theirs.get(name, ()) else ANOTHER
                values.append(Value(name, label, "", whose))
        return Record(str(row.pk), point, getattr(row, "since", None), tuple(values))

    def _sealed(self, row: Any, point: str) -> list[Value]:
        clause = self._clauses.get(point)
        labels = {} if clause is None else clause.labels
        values = [
            Value(name, labels.get(name) or _label(name), category, _plain(value))
            for name, category, value in opened(row)
            if category != _PASSWORD
        ]
        if not values and row.__dict__.get(self._shape.envelope):
            values.append(Value("contents", "Contents", "", GONE))
        return values


def _theirs(rows: list[Any], subject: UUID) -> dict[str, set[Any]]:
    """For each reference: which of the rows it leads to are the same person's, or nobody's."""
    found: dict[str, set[Any]] = {}
    known = holdings()
    model: Any = type(rows[0])
    for field in columns.references(model):
        ids = {getattr(row, field.attname) for row in rows} - {None}
        other: Any = field.related_model
        holding = known.get(other._meta.label)
        if holding is None:  # a table without anything about people
            found[field.name] = ids
        else:
            own = other._base_manager.filter(holding.of(subject), pk__in=ids)
            found[field.name] = set(own.values_list("pk", flat=True))
    return found


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it."""
    if value is None or type(value) in _AS_IT_IS:
        return value
    if isinstance(value, gate.Sealed):
        return WITHHELD if _is_denied(value) else GONE
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_denied(value: gate.Sealed) -> bool:
    decision = value.decision
    return decision is not None and any(hit.rule for hit in decision.rules)


@lru_cache(1_000)  # names of fields, which come back in each record
def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
