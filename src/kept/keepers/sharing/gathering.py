"""What a recipient is to get of one person: the declared fields of their rows, and nothing else.

Rules: only rows of collection points that serve the purpose (on an occasion: of any), and that the
recipient's clause names, are looked at; each value is asked of the gate under the version its row
was collected under; what is covered by the clause is counted against what is given; files are not
given this way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kept import gate, policy
from kept.keepers.sharing import rows
from kept.keepers.sharing.deciding import Sharing, needs_permission, share
from kept.vault.models import Subject


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its name, its category, itself."""

    name: str
    category: str
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one row."""

    row: str
    point: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is given, out of what the clause covers."""

    records: tuple[Record, ...]
    expected: int
    denied: tuple[gate.Decision, ...]

    @property
    def reached(self) -> int:
        """How many values are given."""
        return sum(len(one.values) for one in self.records)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that are given."""
        return tuple(sorted({one.category for record in self.records for one in record.values}))


@dataclass(frozen=True, slots=True)
class Line:
    """One category of one collection point, and what the gate says of giving it."""

    point: str
    category: str
    decision: gate.Decision
    asks: bool
    """Whether nothing but the person's permission is missing."""


def gather(person: Subject, sharing: Sharing, points: Sequence[str] = ()) -> Gathered:
    """Open what the recipient is to get. Call it in a scope of the purpose, to the recipient."""
    records: list[Record] = []
    denied: list[gate.Decision] = []
    expected = 0
    for row, point in rows.rows(person.pk, _points(sharing, points)):
        values = []
        for name, category in rows.fields(row):
            if not _covered(sharing, category):
                continue
            decision = share(person, sharing, category, point, row.collected)
            value = rows.open(row, name) if decision.allowed else None
            if value in ("", None) and decision.allowed:
                continue
            expected += 1
            if isinstance(value, gate.Sealed):
                decision = value.decision or decision
                value = None
            if value is None:
                denied += [] if decision in denied else [decision]
            else:
                values.append(Value(name, category, _text(value)))
        if values:
            records.append(Record(str(row.pk), point, tuple(values)))
    return Gathered(tuple(records), expected, tuple(denied))


def preview(person: Subject, sharing: Sharing, points: Sequence[str] = ()) -> tuple[Line, ...]:
    """What would be given now, by clause and choice; nothing is opened."""
    lines: dict[tuple[str, str, bool, bool], Line] = {}
    clauses = gate.in_force().in_force[1].collect
    for row, point in rows.rows(person.pk, _points(sharing, points)):
        for category in dict.fromkeys(clauses[point].fields.values()):
            if _covered(sharing, category):
                asked = (person, sharing, category, point, row.collected)
                decision = share(*asked)
                line = Line(point, category, decision, needs_permission(*asked))
                lines.setdefault((point, category, decision.allowed, line.asks), line)
    return tuple(lines.values())


def _points(sharing: Sharing, points: Sequence[str]) -> set[str]:
    """The collection points that the recipient may get from, limited to `points`."""
    ours = gate.in_force().in_force[1]
    named = ours.recipients[sharing.recipient].collections
    return {
        id
        for id, one in ours.collect.items()
        if (sharing.on_occasion or sharing.purpose in one.purposes)
        and (not named or id in named)
        and (not points or id in points)
    }


def _covered(sharing: Sharing, category: str) -> bool:
    receives = gate.in_force().in_force[1].recipients[sharing.recipient].receives
    return any(policy.is_a(category, one) for one in receives)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
