"""The outboxes, one per data database.

Rules: waiting rows are read whole, whatever their order; a row is removed only after its leaf
stands in a signed tree, and removing one that is gone already is no error.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connections, transaction

from kept.ledger import heads
from kept.ledger.entries import Entry, Macs
from kept.ledger.models import Outbox
from kept.ledger.store import batches

_TABLE = Outbox._meta.db_table
_CHUNK = 900
"""Ids per statement, below every engine's limit of parameters."""


class Waiting(NamedTuple):
    """Entries of one outbox, and the ids of their rows."""

    ids: list[int]
    entries: list[Entry]


class DataSource:
    """The outbox of one of Django's databases."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def waiting(self, limit: int) -> Waiting:
        """Up to `limit` committed entries."""
        return self._read("LIMIT %s", limit)

    def waiting_about(self, subject: UUID) -> list[Entry]:
        """The entries about one subject."""
        native = connections[self.alias].features.has_native_uuid_field
        return self._read("WHERE subject = %s", subject if native else subject.hex).entries

    def _read(self, which: str, value: int | str | UUID) -> Waiting:
        native = connections[self.alias].features.has_native_uuid_field
        with connections[self.alias].cursor() as cursor:
            cursor.execute(
                f"SELECT id, mark, subject, day, body, mac FROM {_TABLE} {which}",  # noqa: S608 - constants
                [value],
            )
            rows = cursor.fetchall()
        ids = [row[0] for row in rows]
        if native:
            return Waiting(ids, [
                Entry(bytes(mark), who and who.bytes, day, bytes(body), bytes(mac))
                for _, mark, who, day, body, mac in rows
            ])  # fmt: skip
        return Waiting(ids, [
            Entry(mark, who and bytes.fromhex(who), day, body, mac)
            for _, mark, who, day, body, mac in rows
        ])  # fmt: skip

    def settle(self, ids: Sequence[int], batch: batches.Batch, macs: Macs) -> None:
        """Remove rows and remember the tree that holds their entries, in one transaction."""
        with transaction.atomic(using=self.alias), connections[self.alias].cursor() as cursor:
            for at in range(0, len(ids), _CHUNK):
                some = ids[at : at + _CHUNK]
                places = ", ".join(["%s"] * len(some))
                cursor.execute(f"DELETE FROM {_TABLE} WHERE id IN ({places})", some)  # noqa: S608 - constants
            heads.remember(self.alias, batch, macs)
