"""The outboxes, one per data database.

Rules: waiting rows are read whole, whatever their order; a row is removed only after its leaf
stands in a signed tree, and removing one that is gone already is no error.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connections, transaction

from kept.ledger import heads
from kept.ledger.entries import Entry, Macs
from kept.ledger.models import Outbox
from kept.ledger.store import batches

_CHUNK = 500


class DataSource:
    """The outbox of one of Django's databases."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def waiting(self, limit: int) -> list[Entry]:
        """Up to `limit` committed entries."""
        native = connections[self.alias].features.has_native_uuid_field
        table = Outbox._meta.db_table
        with connections[self.alias].cursor() as cursor:
            cursor.execute(f"SELECT mark, subject, day, body, mac FROM {table} LIMIT %s", [limit])  # noqa: S608 - constants
            rows = cursor.fetchall()
        uuid = (lambda value: value) if native else UUID
        return [
            Entry(
                uuid(mark).bytes, None if who is None else uuid(who), day, bytes(body), bytes(mac)
            )
            for mark, who, day, body, mac in rows
        ]

    def settle(self, marks: Sequence[bytes], batch: batches.Batch, macs: Macs) -> None:
        """Remove entries and remember the tree that holds them, in one transaction."""
        connection = connections[self.alias]
        native = connection.features.has_native_uuid_field
        table = Outbox._meta.db_table
        with transaction.atomic(using=self.alias), connection.cursor() as cursor:
            for at in range(0, len(marks), _CHUNK):
                some = marks[at : at + _CHUNK]
                places = ", ".join(["%s"] * len(some))
                cursor.execute(
                    f"DELETE FROM {table} WHERE mark IN ({places})",  # noqa: S608 - constants
                    [UUID(bytes=mark) if native else mark.hex() for mark in some],
                )
            heads.remember(self.alias, batch, macs)
