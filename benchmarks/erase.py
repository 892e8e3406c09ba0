"""B6 and B7: erasing a person. Every store durable (SQLite `synchronous=FULL`, PostgreSQL `fsync`).

B6: from the call until nobody can read anything of the person: decided, keys destroyed, recorded,
on disk in both stores. Against one UPDATE of one row by the driver, as durable; with 10 rows and
with 100,000. B7: a person with 61 rows until the last row is gone, against one transaction with a
DELETE by the driver for every table that may hold rows of a person; and a person with very many
rows, against one DELETE. After each pass everything is put back, untimed.
"""

from collections.abc import Iterator
from time import perf_counter
from typing import Any
from uuid import UUID

from benchmarks import people, world
from benchmarks.measure import QUICK, Arm, Times, race
from benchmarks.table import Row

_LARGE = 2_000 if QUICK else 100_000
_VERY_MANY = 5_000 if QUICK else 100_000
_OTHERS = 1_000 if QUICK else 250_000
"""Rows of other people in the same table."""


def run() -> list[Row]:
    """Four rows per engine."""
    return world.on_engines("benchmarks.erase")


def measure() -> Iterator[Row]:
    """B6, then B7."""
    from django.db import connection

    size = 61
    made = people.make([10, _LARGE, size, _VERY_MANY, *[10] * (_OTHERS // 10)])
    small, large, usual, very_many = (Person(made.id(number)) for number in range(4))
    other = made.id(10)
    yield from _at_once(connection, small, large, other)
    yield from _whole(connection, usual, size)
    yield from _many(connection, very_many)


def _at_once(connection: Any, small: "Person", large: "Person", other: UUID) -> Iterator[Row]:
    from django.db.models import UUIDField

    id = UUIDField().get_db_prep_value(other, connection)

    def commit() -> int:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kept_vault_subject SET ceased = NOT ceased WHERE id = %s", [id])
            return cursor.rowcount + 1  # as many as keys of the others

    arms = [
        Arm("commit", commit),
        Arm("small", small.erase_keys, ready=small.restore),
        Arm("large", large.erase_keys, ready=large.restore),
    ]
    times = race(arms, {"small": "commit", "large": "small"}, narrow=0.03)
    middle, low, high = times.ratio("small", "commit")
    said = f"{times.median('small') * 1e3:.2f} ms, one commit {times.median('commit') * 1e3:.2f}"
    work = f"erased at once, 10 rows, {connection.vendor} ({said}, wall)"
    yield Row("B6", work, "times", middle, 6, low, high)
    middle, low, high = times.ratio("large", "small")
    yield Row(
        "B6", f"{_LARGE:,} rows against 10, {connection.vendor}", "times", middle, 1.1, low, high
    )


def _whole(connection: Any, usual: "Person", size: int) -> Iterator[Row]:
    by_hand = Arm("hand", usual.delete_by_hand, ready=usual.restore)
    kept = Arm("kept", usual.erase, ready=usual.restore)
    times = race([by_hand, kept], {"kept": "hand"}, narrow=0.03)
    middle, low, high = times.ratio("kept", "hand")
    said = f"{times.median('kept') * 1e3:.1f} ms, {times.median('hand') * 1e3:.1f} by hand"
    work = f"a person with {size} rows erased whole, {connection.vendor} ({said}, wall)"
    yield Row("B7", work, "times", middle, 5, low, high)


def _many(connection: Any, very_many: "Person") -> Iterator[Row]:
    """Few rounds, each long: not by `race`, which would put everything back twice as often."""
    times = Times({"hand": [], "kept": []})
    for _ in range(1 if QUICK else 7):
        for name, work in (("hand", very_many.delete_by_hand), ("kept", very_many.purge)):
            very_many.restore()
            if name == "kept":
                very_many.erase_keys()
            world.settle(connection)
            start = perf_counter()
            if work() != 0:
                raise ValueError("rows are left")
            times.seconds[name].append(perf_counter() - start)
    middle, low, high = times.ratio("hand", "kept")
    rate = _VERY_MANY / times.median("kept")
    work = f"{_VERY_MANY:,} rows purged, {connection.vendor} ({rate:,.0f} rows/s, wall)"
    yield Row("B7", work, "of one DELETE", middle, 0.5, low, high, at_least=True)


class Person:
    """One person, and everything about them as it was, to be put back."""

    def __init__(self, id: UUID) -> None:
        from django.db import connection
        from django.db.models import UUIDField

        from benchmarks.models import Letter
        from kept.vault.keystore import keystore
        from kept.vault.sealed_bytes import RECORD

        self.id, self._connection = id, connection
        self._known = UUIDField().get_db_prep_value(id, connection)
        self._table = Letter._meta.db_table
        keystore().keys.find_or_make(id, RECORD)  # as of everybody of whom something is on record
        self._rows = self._fetch(f'SELECT * FROM "{self._table}" WHERE subject_id = %s')
        self._keys = keystore().database.read(
            "SELECT id, subject, keep, master, wrapped, made FROM subject_key WHERE subject = ?",
            (id.bytes,),
        )
        self._names = keystore().database.read(
            "SELECT kind, digest, subject FROM identifier WHERE subject = ?", (id.bytes,)
        )

    def erase_keys(self) -> int:
        """Erase at once; how many keys there were."""
        from kept import vault

        return vault.erase_keys(self.id)

    def erase(self) -> int:
        """Erase whole; how many rows are left."""
        from kept import vault

        if not vault.erase(self.id).done:
            raise ValueError("not everything was reached")
        return self._left()

    def purge(self) -> int:
        """Remove the rows of one who is erased; how many are left."""
        from kept import vault

        if not vault.purge(self.id).done:
            raise ValueError("not everything was reached")
        return self._left()

    def delete_by_hand(self) -> int:
        """A DELETE for each table, in one transaction; how many rows are left."""
        from django.db import transaction

        with transaction.atomic(), self._connection.cursor() as cursor:
            for sql in _by_hand():
                cursor.execute(sql, [self._known])
        return self._left()

    def restore(self) -> None:
        """Everything as it was."""
        from django.db import transaction

        from kept.vault.keystore import keystore

        with transaction.atomic(), self._connection.cursor() as cursor:
            for table in ("kept_vault_erasure", "kept_ledger_outbox"):
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute(
                "UPDATE kept_vault_subject SET state = 'active' WHERE id = %s", [self._known]
            )
            if not self._left():
                marks = ", ".join(["%s"] * len(self._rows[0]))
                cursor.executemany(f'INSERT INTO "{self._table}" VALUES ({marks})', self._rows)
        with keystore().database.write() as writer:
            writer.run("DELETE FROM journal WHERE subject = ?", (self.id.bytes,))
            if not writer.run("SELECT 1 FROM subject_key WHERE subject = ?", (self.id.bytes,)):
                people.insert(
                    writer, "subject_key (id, subject, keep, master, wrapped, made)", self._keys
                )
                people.insert(writer, "identifier (kind, digest, subject)", self._names)

    def _left(self) -> int:
        return int(self._fetch(f'SELECT COUNT(*) FROM "{self._table}" WHERE subject_id = %s')[0][0])

    def _fetch(self, sql: str) -> list[tuple[Any, ...]]:
        # By the driver alone: Django's converters would turn ids and days into other values.
        with self._connection.cursor() as cursor:
            cursor.execute(sql, [self._known])
            return [
                tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)
                for row in cursor.fetchall()
            ]


def _by_hand(known: list[str] = []) -> list[str]:  # noqa: B006 - kept on purpose: made once
    """What one who knows the tables would write."""
    if not known:
        from kept.vault.holdings.linked import model_of
        from kept.vault.purging import _in_order

        for holding in _in_order():
            table = model_of(holding)._meta.db_table
            first, _, rest = holding.subject.partition("__")
            column = model_of(holding)._meta.get_field(first)
            if not rest:
                known.append(f'DELETE FROM "{table}" WHERE "{column.column}" = %s')
            else:
                other = column.related_model._meta.db_table
                known.append(
                    f'DELETE FROM "{table}" WHERE "{column.column}" IN '
                    f'(SELECT id FROM "{other}" WHERE subject_id = %s)'
                )
    return known


if __name__ == "__main__":
    world.tell(measure)
