"""B5 and B8: a person's copy, from the request to the sealed file, receipts in.

B5: a person with 61 rows among 320,000, against the driver's SELECTs of the same rows in clear and
of every other table that may hold rows of a person, and `json.dumps`. B8: very many rows of one
person, against reading them and writing JSON lines; complete, in time that grows with the rows, in
memory that does not; `KEPT_BENCH_ITEMS="20000 1000000"` chooses how many. The copy has pages to
read, CSV tables and a JSON document, so each row is written three times.
"""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from benchmarks import people, world
from benchmarks.measure import QUICK, Arm, race
from benchmarks.table import Row

POLICY = Path(__file__).parents[1] / "policies" / "usimprints.toml"
SIZE = 61
OTHERS = 3_000 if QUICK else 320_000
ITEMS = tuple(
    int(size)
    for size in os.environ.get("KEPT_BENCH_ITEMS", "200 2000" if QUICK else "20000 200000").split()
)
MEMORY = 64
"""MiB that a copy may take, whatever its size."""


def run() -> list[Row]:
    """Four rows per engine."""
    return world.on_engines("benchmarks.access")


def measure() -> Iterator[Row]:
    """Make the people, then their copies."""
    from django.db import connection

    sizes = (SIZE, *ITEMS)
    count = len(sizes)
    # Of whom a copy is made, nothing stands in clear: it would be in the copy a second time.
    made = people.make(
        [*sizes, *sizes, *[10] * (OTHERS // 10)],
        clear=True,
        only=(range(count), range(count, 2 * count)),
    )
    ids = [made.id(number) for number in range(2 * count)]
    pairs = list(zip(ids[:count], ids[count:], strict=True))
    record(ids[0], SIZE)
    yield from _access(connection, *pairs[0])
    yield from _export(connection, pairs[1:])


def record(subject: UUID, events: int) -> None:
    from django.db import transaction

    from kept import ledger

    event = ledger.Collected(point="inquiry", version=0, categories=("contact.email",))
    with transaction.atomic():
        for _ in range(events):
            ledger.record(event, subject)
    while ledger.sequence_once():
        pass


def _access(connection: Any, subject: UUID, twin: UUID) -> Iterator[Row]:
    select = _by_hand(connection, twin)
    if items_in(copied(subject)) != SIZE or select() != SIZE:
        raise ValueError("the copy is not complete")
    arms = [
        Arm("copy", lambda: copied(subject).complete, ready=lambda: forget(subject)),
        Arm("by hand", lambda: select() == SIZE),
    ]
    times = race(arms, {"copy": "by hand"}, narrow=0.05)
    middle, low, high = times.ratio("copy", "by hand")
    said = f"{times.median('copy') * 1e3:.1f} ms, {times.median('by hand') * 1e3:.2f} by hand"
    work = f"a copy of {SIZE} rows among {OTHERS:,}, {connection.vendor} ({said}, wall)"
    yield Row("B5", work, "times", middle, 5, low, high)


def _export(connection: Any, large: list[tuple[UUID, UUID]]) -> Iterator[Row]:
    seconds = []
    for items, (subject, twin) in zip(ITEMS, large, strict=True):
        most_memory()  # making the people took more than any copy
        before, start = most_memory(), perf_counter()
        made = copied(subject)
        seconds.append(perf_counter() - start)
        grown = most_memory() - before
        if items_in(made) != items:
            raise ValueError("the copy is not complete")
        start = perf_counter()
        lines = io.StringIO()
        for row in _select(connection, twin):
            lines.write(json.dumps(row) + "\n")
        by_hand = perf_counter() - start
        said = f"{seconds[-1]:.1f} s, {by_hand:.2f} s by hand"
        work = f"a copy of {items:,} items, {connection.vendor} ({said}, wall)"
        yield Row("B8", work, "times", seconds[-1] / by_hand, 3)
        yield Row("B8", f"memory for {items:,} items, {connection.vendor}", "MiB", grown, MEMORY)
    growth = (seconds[1] / seconds[0]) / (ITEMS[1] / ITEMS[0])
    work = f"time for {ITEMS[1]:,} items as of {ITEMS[0]:,}, per item, {connection.vendor}"
    yield Row("B8", work, "times", growth, 1.2)


def copied(subject: UUID) -> Any:
    """Ask for a copy and make it; the request's copy."""
    from kept.keepers.rights import flows
    from kept.keepers.rights.models import Package, Request
    from kept.keepers.rights.package.making import make

    asked = flows.ask("access", channel="account", subject=subject, base="https://shop.example")
    request = Request.objects.get(pk=asked.request)
    make(request)
    return Package.objects.get(request=request)


def forget(subject: UUID) -> None:
    """Leave nothing of the copies before: one is enough for a person, and would be in the next."""
    from kept.keepers.rights.models import Request
    from kept.vault.models import SealedFile

    Request.objects.filter(subject_id=subject).delete()
    SealedFile.objects.filter(subject_id=subject).delete()


def items_in(package: Any) -> int:
    """How many rows of the table are in a copy."""
    from kept import gate
    from kept.vault import files

    actor = gate.Actor("subject", str(package.subject_id))
    with gate.purpose(gate.OWN_DATA, actor=actor):
        data = b"".join(files.open(package.file).parts)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        tables = [one for one in archive.namelist() if one.endswith(".csv")]
        return max(archive.read(one).decode().count("@example.org") for one in tables)


def _select(connection: Any, subject: UUID) -> list[list[str]]:
    from django.db.models import UUIDField

    id = UUIDField().get_db_prep_value(subject, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, email, phone, message, reply FROM benchmarks_clear WHERE subject_id = %s",
            [id],
        )
        return [list(row) for row in cursor.fetchall()]


def _by_hand(connection: Any, subject: UUID) -> Callable[[], int]:
    """Every table, its statement made beforehand; how many rows of the large one there are."""
    from kept import vault

    # Of the sealed twin only the clear table counts; the others are asked and hold nothing.
    others = [
        one.rows.query.sql_with_params()
        for one in vault.everything(subject)
        if one.rows.model._meta.app_label != "benchmarks"
    ]

    def select() -> int:
        found = _select(connection, subject)
        with connection.cursor() as cursor:
            rest = []
            for statement, words in others:
                cursor.execute(statement, words)
                rest.append(len(cursor.fetchall()))
        return len(json.loads(json.dumps([found, rest]))[0])

    return select


def most_memory() -> float:
    """The most that this process had since it was asked last, in MiB."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    (most,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    Path("/proc/self/clear_refs").write_text("5", "utf-8")  # what it has now is the most from here
    return most / 1024


def main(rows: Callable[[], Iterable[Row]]) -> None:
    """In a process of its own: tables made, the reference policy posted, the rows printed."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import models
    from kept import promises

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in models.ALL:
            editor.create_model(model)
    settings.KEPT = {**settings.KEPT, "POLICY": POLICY}
    promises.adopt()
    print(json.dumps([asdict(row) for row in rows()]))


if __name__ == "__main__":
    main(measure)
