"""The space that the records take, in all three stores, per byte of their data."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.gdprbench import schema
from benchmarks.measure import QUICK
from benchmarks.table import Row

AT_MOST = 2.5


def loaded(connection: Any, sealed: Any, plain: Any, numbers: range) -> Iterator[Row]:
    """Load both tables; what each took, indices, keys and log included."""
    start = sizes(connection)
    sealed.load(numbers)
    ours = sizes(connection)
    plain.load(numbers)
    theirs = sizes(connection)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    personal = len(numbers) * schema.LENGTH
    took = {store: (ours[store] - start[store]) / personal for store in ours}
    said = ", ".join(f"{store} {times:.2f}" for store, times in took.items())
    baseline = (sum(theirs.values()) - sum(ours.values())) / personal
    work = (
        f"space per byte of data, {len(numbers):,} records, {connection.vendor} "
        f"({said}; plain {baseline:.2f})"
    )
    yield Row("B11", work, "times", sum(took.values()), AT_MOST)


def sizes(connection: Any) -> dict[str, int]:
    """Bytes on disk of each store, without room that rows on their way to the log have left."""
    from django.conf import settings

    if not QUICK:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL" if connection.vendor == "postgresql" else "VACUUM")
    ledger = _folder(Path(settings.KEPT["DATA"]) / "ledger")
    if connection.vendor == "sqlite":
        data = _folder(Path(settings.DATABASES["default"]["NAME"]))
        return {"data": data, "keys": _folder(Path(settings.KEPT["KEYS"])), "ledger": ledger}
    import psycopg

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_database_size(oid)) FROM pg_database")
        data = int(cursor.fetchone()[0])
    with psycopg.connect(settings.KEPT["KEYS"]) as keys:
        found = keys.execute("SELECT sum(pg_database_size(oid)) FROM pg_database").fetchone()
    return {"data": data, "keys": int(found[0]) if found else 0, "ledger": ledger}


def _folder(place: Path) -> int:
    """Its files; SQLite's are written back first."""
    files = [place] if place.is_file() else [one for one in place.rglob("*") if one.is_file()]
    for one in files:
        if one.suffix == ".sqlite3":
            with sqlite3.connect(one) as other:
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            other.close()
    return sum(one.stat().st_size for one in files)
