"""Record an event at once, in the ledger's own database: for what must be on record beforehand.

Rules: the entry is durable when the call returns, whatever becomes of the caller's transaction;
many subjects cost one commit.
"""

from collections.abc import Iterable
from uuid import UUID

from kept.ledger import entries, flows, keys
from kept.ledger.events import AnyEvent
from kept.ledger.store import recorded, store


def record_now(event: AnyEvent, subject: UUID | None) -> UUID:
    """Record `event` about `subject` (None: about no one), durably, before returning.

    Returns the event's mark. Raises `KeptError` L001, L003 or L004.
    """
    return record_now_many([(event, subject)])[0]


def record_now_many(pairs: Iterable[tuple[AnyEvent, UUID | None]]) -> list[UUID]:
    """As `record_now`, for many (event, subject) pairs in one commit."""
    listed = list(pairs)
    made, marks = entries.make(listed, keys.macs())
    ledger = store()
    with ledger.transaction():
        recorded.receive(ledger, made)
    flows.noted(type(event) for event, _ in listed)
    return [UUID(bytes=mark) for mark in marks]
