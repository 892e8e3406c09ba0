"""Beginning a transaction so that it waits for other writers instead of failing half-way."""

from typing import Any


def stand_still(connection: Any, model: Any) -> None:
    """Let SQLite begin with a write of `model`'s table that changes nothing.

    A transaction that reads first cannot become a writer once another one wrote (SQLITE_BUSY).
    Engines that lock rows need none of it.
    """
    if connection.features.has_select_for_update:
        return
    meta, quote = model._meta, connection.ops.quote_name
    table, key = quote(meta.db_table), quote(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {key} = {key} WHERE 0 = 1")  # noqa: S608 - quoted names
