"""B10: 300,000 rows whose time is over, of a million, removed by the sweep.

Against the one DELETE statement that says the same, which locks for as long as it takes. The sweep
is the product's own, whole: every model and point asked, batches, holds respected, each batch on
record. What is left must be the same rows. Looking for people of whom nothing is left is another
kind of work and has a line of its own, without a baseline.
"""

import json
import secrets
import statistics
import time
from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from uuid import UUID

from benchmarks import world
from benchmarks.measure import QUICK, middle
from benchmarks.table import Row

_ROWS, _DUE, _PEOPLE = (50_000, 15_000, 5_000) if QUICK else (1_000_000, 300_000, 100_000)
_ROUNDS = 2 if QUICK else 4
_TODAY = date(2026, 11, 23)
_TABLE = "kept_forms_submission"
_AT_MOST = {"sqlite": 0.7, "postgresql": 0.5}
_COLUMNS = "id, subject_id, point, collected, since, revision, sealed, state, day"


def run() -> list[Row]:
    """Two rows per engine and one that says how long people took."""
    return world.on_engines("benchmarks.retention")


def _measure() -> list[Row]:
    from django.db import connection

    from kept.keepers.retention import sweeping

    cutoff = _begin(connection)
    rates, longest, seconds = [], [], []
    for number in range(_ROUNDS):
        took: dict[str, float] = {}
        left: dict[str, object] = {}
        for arm in sorted(("sweep", "delete"), reverse=bool(number % 2)):
            _refill(connection)
            start = time.perf_counter()
            if arm == "delete":
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"DELETE FROM {_TABLE} WHERE point = 'inquiry' AND since <= %s", [cutoff]
                    )
            else:
                done = sweeping.sweep(look=False)
                longest.append(done.longest)
                if done.by_point != {"inquiry": _DUE}:
                    raise ValueError(f"the sweep says {done.by_point}")
            took[arm] = time.perf_counter() - start
            left[arm] = _left(connection)
        if left["sweep"] != left["delete"]:
            raise ValueError("the sweep and the statement do not leave the same rows")
        rates.append(took["delete"] / took["sweep"])
        seconds.append(took["sweep"])
    vendor = connection.vendor
    rate = _DUE / statistics.median(seconds)
    figure, low, high = middle(rates)
    return [
        Row(
            "B10", f"remove {_DUE:,} of {_ROWS:,} rows, {vendor} ({rate:,.0f} rows/s)",
            "times a DELETE's rows/s", figure, _AT_MOST[vendor], low, high, at_least=True,
        ),
        Row(
            "B10", f"longest transaction, {vendor} (median of {_ROUNDS} sweeps)",
            "ms", statistics.median(longest) * 1000, 100, high=max(longest) * 1000, low=0.0,
        ),
        _people(connection),
    ]  # fmt: skip


def _people(connection) -> Row:
    """How long it takes to look at everybody and to remove those of whom nothing is left."""
    from kept import vault
    from kept.keepers.retention.pace import Pace

    start, pace = time.perf_counter(), Pace(30)
    gone = sum(one.people for one in vault.remove_leftovers(pace))
    took = time.perf_counter() - start
    if not gone:
        raise ValueError("nobody was left without rows")
    return Row(
        "B10", f"{gone:,} people removed with keys, of {_PEOPLE:,} looked at, {connection.vendor} "
        f"({took:.1f} s)", "ms longest transaction", pace.longest * 1000, 100,
    )  # fmt: skip


def _begin(connection) -> date:
    from django.utils import timezone

    from kept import promises
    from kept._kit import clock
    from kept.promises.models import PolicyVersion
    from kept.vault.keystore import keystore

    promises.adopt()
    keystore()  # begun before there is anybody
    PolicyVersion.objects.update(adopted_at=timezone.make_aware(timezone.datetime(2016, 3, 16)))
    period = promises.current().policy.collect["inquiry"].keep.period
    cutoff = period.begun_by(clock.today()) if period else _TODAY
    _fill(connection, cutoff)
    return cutoff


def _fill(connection, cutoff: date) -> None:
    rng = Random(20_160_316)
    native = connection.features.has_native_uuid_field

    def new() -> object:
        id = UUID(int=rng.getrandbits(128), version=4)
        return id if native else id.hex

    people = [new() for _ in range(_PEOPLE)]
    alone = _PEOPLE // 20  # each of these has one row, which is due
    with connection.cursor() as cursor:
        _copy(
            connection, "kept_vault_subject",
            "id, state, collected, consented, objected, restricted, ceased, since",
            ((id, "active", 0, 0, 0, False, False, date(2020, 1, 1)) for id in people),
        )  # fmt: skip

        def row(number: int) -> tuple[object, ...]:
            since = cutoff + timedelta(days=1 + (number - _DUE) // (_ROWS // 1_000))
            whose = people[number] if number < alone else people[rng.randrange(alone, _PEOPLE)]
            sealed = b"\x01" + secrets.token_bytes(16 + 4 + 12 + 208)
            return (new(), whose, "inquiry", 0, since, 0, sealed, "answered", since)

        _copy(connection, _TABLE, _COLUMNS, (row(number) for number in range(_ROWS)))
        cursor.execute(f"CREATE TABLE due AS SELECT * FROM {_TABLE} WHERE since <= %s", [cutoff])
        cursor.execute("ANALYZE")
    _keys(people[:alone])


def _keys(people: list[object]) -> None:
    """Keys of those of whom nothing will be left."""
    from kept.vault.keystore import keystore

    store = keystore()
    for start in range(0, len(people), 1_000):
        some = [UUID(str(id)).bytes for id in people[start : start + 1_000]]
        store.keys.find_or_make_all(some, "p2y")


def _copy(connection, table: str, columns: str, rows) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * (columns.count(",") + 1))
        from django.db import transaction

        with transaction.atomic():
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(rows))


def _refill(connection) -> None:
    """As it was before, and clean."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE id IN (SELECT id FROM due)")
        cursor.execute(f"INSERT INTO {_TABLE} SELECT * FROM due")
    world.settle(connection)


def _left(connection) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(since), max(since) FROM {_TABLE}")
        found = tuple(cursor.fetchone())
        cursor.execute(f"SELECT count(*) FROM {_TABLE} WHERE id IN (SELECT id FROM due)")
        return (*found, *cursor.fetchone())


def _tell() -> None:
    import django

    django.setup()
    world.tables()
    print(json.dumps([asdict(row) for row in _measure()]))


if __name__ == "__main__":
    _tell()
