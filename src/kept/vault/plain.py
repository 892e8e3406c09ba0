"""Plain SQL on one of Django's databases, for the few statements that everything waits for.

The ORM takes some tenths of a millisecond to build a statement: longer than a commit, which an
erasure and every write would pay several times.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connections

Row = tuple[Any, ...]


def rows(using: str, sql: str, values: Sequence[Any]) -> list[Row]:
    """What `sql` gives; UUIDs among `values` are given as the database keeps them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(sql, _stored(connection, values))
        return list(cursor.fetchall())


def change(using: str, sql: str, values: Sequence[Any]) -> int:
    """How many rows `sql` changed."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(sql, _stored(connection, values))
        return int(cursor.rowcount)


def uuid_of(stored: Any) -> UUID:
    """An id as the database gave it."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def _stored(connection: Any, values: Sequence[Any]) -> list[Any]:
    if connection.features.has_native_uuid_field:
        return list(values)
    return [one.hex if isinstance(one, UUID) else one for one in values]
