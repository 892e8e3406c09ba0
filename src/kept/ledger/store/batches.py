"""Batches: what was appended together, and the checkpoint signed for it.

Rules: numbers run from 1 without a gap, each batch begins where the one before ended; a code over
every field makes an edit visible. `events` counts the leaves that stand for entries; the others
are covers.
"""

from typing import Any, NamedTuple

from kept.ledger.store.connect import Store

_COLUMNS = "number, first, size, events, day, root, note, mac"


class Batch(NamedTuple):
    """One batch."""

    number: int
    first: int
    """Index of its first leaf."""
    size: int
    """Leaves in the tree after it."""
    events: int
    day: int
    """Days since 1970-01-01, of the sequencing."""
    root: bytes
    note: str
    """The signed checkpoint."""
    mac: bytes

    def parts(self) -> tuple[int, int, int, int, int, bytes]:
        """What its code covers (the note carries a signature)."""
        return self.number, self.first, self.size, self.events, self.day, self.root


class Span(NamedTuple):
    """Which leaves a batch holds."""

    number: int
    first: int
    size: int
    day: int


def spans(store: Store, after: int, size: int, limit: int) -> list[Span]:
    """Up to `limit` batches numbered above `after` of the tree of `size` leaves, in order."""
    sql = (
        "SELECT number, first, size, day FROM batch WHERE number > %s AND size <= %s"
        " ORDER BY number LIMIT %s"
    )
    return [Span(*row) for row in store.rows(sql, (after, size, limit))]


def add(store: Store, batch: Batch) -> None:
    """Write a batch."""
    store.run(f"INSERT INTO batch ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", batch)  # noqa: S608 - constants


def latest(store: Store) -> Batch | None:
    """The newest batch."""
    return _one(store, "ORDER BY number DESC LIMIT 1")


def numbered(store: Store, number: int) -> Batch | None:
    """The batch of this number."""
    return _one(store, "WHERE number = %s", number)


def first_since(store: Store, day: int) -> Batch | None:
    """The first batch sequenced on `day` or later."""
    return _one(store, "WHERE day >= %s ORDER BY day, number LIMIT 1", day)


def reaching(store: Store, size: int) -> Batch | None:
    """The first batch after which the tree holds more than `size` leaves."""
    return _one(store, "WHERE size > %s ORDER BY size LIMIT 1", size)


def many(store: Store, after: int, limit: int) -> list[Batch]:
    """Up to `limit` batches numbered above `after`, in order."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM batch WHERE number > %s ORDER BY number LIMIT %s",  # noqa: S608 - constants
        (after, limit),
    )
    return [_made(row) for row in rows]


def events_after(store: Store, number: int = 0) -> int:
    """How many entries the batches above `number` hold."""
    found = store.row("SELECT coalesce(sum(events), 0) FROM batch WHERE number > %s", (number,))
    return int(found[0]) if found else 0


def _one(store: Store, how: str, *values: int) -> Batch | None:
    row = store.row(f"SELECT {_COLUMNS} FROM batch {how}", values)  # noqa: S608 - constants
    return _made(row) if row else None


def _made(row: tuple[Any, ...]) -> Batch:
    number, first, size, events, day, root, note, mac = row
    return Batch(number, first, size, events, day, bytes(root), note, bytes(mac))
