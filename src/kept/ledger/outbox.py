"""Record an event in the caller's transaction: effect and entry stay together or go together.

Rules: never outside a transaction; many entries cost one statement; the outbox is read whole by
the sequencer, never from a high-water mark, because a lower id may commit later.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connections

from kept._kit.errors import KeptError
from kept.ledger import entries, flows, keys
from kept.ledger.errors import OUTSIDE
from kept.ledger.events import AnyEvent
from kept.ledger.models import Outbox

_TABLE = Outbox._meta.db_table
_INSERT = f"INSERT INTO {_TABLE} (mark, subject, day, body, mac) VALUES"
_ROW = "(%s, %s, %s, %s, %s)"
_MANY = 100
"""Rows per statement: five parameters each, below every engine's limit."""


def record(event: AnyEvent, subject: UUID | None, using: str = "default") -> UUID:
    """Record `event` about `subject` (None: about no one) in the open transaction of `using`.

    Returns the event's mark, by which its receipt can be asked for. Raises `KeptError` L001
    (a field has the wrong form), L002 (no transaction), L003 or L004 (no key).
    """
    return record_many([(event, subject)], using)[0]


def record_many(
    pairs: Iterable[tuple[AnyEvent, UUID | None]], using: str = "default"
) -> list[UUID]:
    """As `record`, for many events: those about one person share an entry; 100 a statement."""
    listed = list(pairs)
    connection = connections[using]
    if not connection.in_atomic_block:
        raise KeptError(OUTSIDE, ", ".join(f"`{type(event).__name__}`" for event, _ in listed))
    made, marks = entries.make(listed, keys.macs())
    for start in range(0, len(made), _MANY):
        _insert(connection, made[start : start + _MANY])
    flows.noted(type(event) for event, _ in listed)
    return [UUID(bytes=mark) for mark in marks]


def _insert(connection: Any, made: Sequence[entries.Entry]) -> None:
    native = connection.features.has_native_uuid_field
    values: list[Any] = []
    for mark, who, day, body, mac in made:
        subject = None if who is None else UUID(bytes=who) if native else who.hex()
        values += (mark, subject, day, body, mac)
    rows = ", ".join([_ROW] * len(made))
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSERT} {rows}", values)
