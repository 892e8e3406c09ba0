"""B9: what recording costs, how fast the sequencer is, and proofs in ten million leaves.

Recording: a transaction of 20 ORM inserts of rows that have an id of their own; the same with one
event, with 20 events about one person, and with 20 about as many people, each naming its row, each
sealed by the vault under its person's key, which is looked up in the key store. Sequencing: a
full outbox to leaves, entries and signed checkpoints, durable (FULL), from transactions of 20
events and of one, against three loops in memory: pymerkle's tree and one of our own that append
finished leaves and do nothing else, and one that authenticates, opens and appends the same entries.
Proofs: made and verified in trees of 10 thousand to 10 million leaves, stored as the ledger stores
them. Each engine runs in a process of its own.
"""

import gc
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from pymerkle import InmemoryTree

from benchmarks import world
from benchmarks.measure import QUICK, Arm, Times, race
from benchmarks.table import Row
from benchmarks.world import ENGINES

_EVENTS = 4_000 if QUICK else 20_000
_ROUNDS = 3 if QUICK else 9
_LEAVES = 100_000 if QUICK else 10_000_000
_INSERTS = 20


def run() -> list[Row]:
    """Nine rows per engine, and those of the proofs."""
    rows: list[Row] = []
    for engine in ENGINES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.ledger"],
            env={**world.environment(engine), "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        rows += [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]
    return rows


def _measure() -> list[Row]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    gc.freeze()  # as the sequencer's process does, for all arms
    place = tempfile.mkdtemp(prefix="kept-bench-", dir=settings.KEPT["DATA"])
    if connection.vendor == "postgresql":
        made = connection.settings_dict
        place = f"postgresql://{made['USER']}@/{made['NAME']}?host={made['HOST']}"
    settings.KEPT = {**settings.KEPT, "LEDGER": place}
    rows = _recording(connection.vendor)
    for events in (_INSERTS, 1):
        rows += _sequencing(connection.vendor, events)
    return rows + (_proofs() if connection.vendor == "sqlite" else [])


def _recording(vendor: str) -> list[Row]:
    from django.db import connection, models, transaction

    from kept import ledger
    from kept.ledger.models import Outbox

    class Note(models.Model):
        """Some row of a site."""

        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        subject = models.UUIDField()
        text = models.CharField(max_length=100)
        number = models.IntegerField()

        class Meta:
            app_label = "kept_ledger"

    with connection.schema_editor() as editor:
        editor.create_model(Note)
    people = [uuid.uuid4() for _ in range(_INSERTS)]

    def effect() -> list[uuid.UUID]:
        return [
            Note.objects.create(subject=who, text="some text of usual length", number=number).pk
            for number, who in enumerate(people)
        ]

    def event(row: uuid.UUID) -> ledger.Collected:
        return ledger.Collected("inquiry", 3, ("identity.name", "contact.email"), row)

    def without() -> None:
        with transaction.atomic():
            effect()

    def one() -> None:
        with transaction.atomic():
            ledger.record(event(effect()[0]), people[0])

    def same() -> None:
        with transaction.atomic():
            ledger.record_many([(event(row), people[0]) for row in effect()])

    def each() -> None:
        with transaction.atomic():
            rows = effect()
            ledger.record_many([(event(row), who) for row, who in zip(rows, people, strict=True)])

    arms = [Arm(run.__name__, run, 5) for run in (without, one, same, each)]
    claims = dict.fromkeys(("one", "same", "each"), "without")
    times = race(arms, claims, narrow=0.02)
    Note.objects.all().delete()
    Outbox.objects.all().delete()
    rows = []
    for name, words in (
        ("one", "one event"),
        ("same", f"{_INSERTS} events about one person"),
        ("each", f"{_INSERTS} events about {_INSERTS} people"),
    ):
        middle, low, high = times.ratio(name, "without")
        work = f"a transaction of {_INSERTS} inserts with {words}, {vendor}"
        rows.append(
            Row(
                "B9",
                f"{work} ({times.median(name) * 1e3:.2f} ms)",
                "times",
                middle,
                1.15,
                low,
                high,
            )
        )
    return rows


def _sequencing(vendor: str, events: int) -> list[Row]:
    """Three rows, for transactions of that many events about one person each."""
    from django.db import transaction

    from kept import ledger
    from kept.ledger.sources import DataSource
    from kept.ledger.store import leaves, store

    people = [uuid.uuid4() for _ in range(1000)]
    event = ledger.Collected("inquiry", 3, ("identity.name", "contact.email"))
    times = Times({"sequencer": [], "pymerkle": [], "bare": [], "opening": []})
    ledger.sequence_once()
    for _ in range(_ROUNDS):
        with transaction.atomic():
            for _ in range(_EVENTS // events):
                ledger.record_many([(event, random.choice(people))] * events)
        waiting = DataSource("default").waiting(_EVENTS).entries
        times.seconds["opening"].append(_timed(lambda waiting=waiting: _opening(waiting)))
        before = ledger.status().size
        times.seconds["sequencer"].append(_timed(_drain))
        after = ledger.status().size
        added = [
            leaf
            for number in range(before // 256, after // 256 + 1)
            for leaf in leaves.split(leaves.bundle(store(), number))
        ][before % 256 :][:_EVENTS]
        if len(added) != _EVENTS or not set(_opening(waiting).levels[0]) <= _hashes(after):
            raise ValueError("not every event has its leaf")
        if _peer(added).get_leaf(_EVENTS) != _bare(added).levels[0][-1]:
            raise ValueError("pymerkle hashes another leaf")
        times.seconds["bare"].append(_timed(lambda added=added: _bare(added)))
        times.seconds["pymerkle"].append(_timed(lambda added=added: _peer(added)))
    if ledger.check_at_start().findings:
        raise ValueError("the log is not as it was recorded")
    spent = {name: times.median(name) / _EVENTS * 1e6 for name in times.seconds}
    rows = []
    for arm, words in (
        ("pymerkle", "pymerkle, which appends finished leaves in memory"),
        ("bare", "a loop of our own that does the same"),
        ("opening", "a loop in memory over the same entries: authenticate, open, append"),
    ):
        rate, low, high = times.ratio(arm, "sequencer")
        work = f"sequencer, {events} events a transaction" if events > 1 else "sequencer, one"
        work += f" ({spent['sequencer']:.1f} µs an event) against {words}"
        work += f" ({spent[arm]:.1f}), {vendor}"
        rows.append(Row("B9", work, "times", rate, 0.4, low, high, at_least=True))
    return rows


def _drain() -> None:
    from kept import ledger

    while ledger.sequence_once():
        pass


class _Tree:
    """A Merkle tree in memory (RFC 9162 hashing) that keeps its nodes, so that it could prove."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]

    def append(self, data: bytes) -> None:
        levels, node, level = self.levels, sha256(b"\0" + data).digest(), 0
        levels[0].append(node)
        while not len(levels[level]) & 1:
            node = sha256(b"\1" + levels[level][-2] + node).digest()
            level += 1
            if level == len(levels):
                levels.append([])
            levels[level].append(node)


def _bare(added: list[bytes]) -> _Tree:
    """Finished leaves into a tree in memory."""
    tree = _Tree()
    for data in added:
        tree.append(data)
    return tree


def _peer(added: list[bytes]) -> InmemoryTree:
    """The same into pymerkle's tree in memory."""
    tree = InmemoryTree(algorithm="sha256")
    for data in added:
        tree.append_entry(data)
    return tree


def _opening(waiting: list[Any]) -> _Tree:
    """What the outbox holds into a tree in memory: no database, nothing durable, no signature."""
    from kept.ledger import appending, keys

    tree, hold = _Tree(), keys.macs().hold
    if not all(hold(entry) for entry in waiting):
        raise ValueError("an edited entry")
    for entry, plain in zip(waiting, appending.opened(waiting), strict=True):
        for data in appending.leaves_of(entry, plain or b""):
            tree.append(data)
    return tree


def _hashes(size: int) -> set[bytes]:
    """The hashes of the newest leaves of the log."""
    from kept.ledger.log import hashing
    from kept.ledger.store import leaves, store

    numbers = range(max(size - 2 * _EVENTS, 0) // 256, size // 256 + 1)
    found = [leaves.split(leaves.bundle(store(), number)) for number in numbers]
    return {one for some in found for one in hashing.of_leaves(some)}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _proofs() -> list[Row]:
    """Inclusion proofs at four sizes of one stored tree, verified each."""
    from kept.ledger.log import hashing, proofs, tree
    from kept.ledger.store import Store, leaves

    rows = []
    with tempfile.TemporaryDirectory(prefix="kept-bench-") as folder:
        store = Store(str(Path(folder)))
        sizes = [_LEAVES // 1000, _LEAVES // 100, _LEAVES // 10, _LEAVES]
        medians, size, checked = [], 0, []
        for end in sizes:
            while size < end:
                step = min(50_000, end - size)
                with store.transaction():
                    leaves.append(store, size, [_leaf(size + at) for at in range(step)])
                size += step
            tiles = leaves.StoredTiles(store)
            root = tree.root(tiles, size)
            indexes = [random.randrange(size) for _ in range(300)]
            made: list[tuple[int, list[bytes]]] = []
            seconds = []
            for index in indexes:
                start = time.perf_counter()
                proof = tree.inclusion(tiles, index, size)
                seconds.append(time.perf_counter() - start)
                made.append((index, proof))
            medians.append(sorted(seconds)[len(seconds) // 2])
            checked = [(index, hashing.of_leaf(_leaf(index)), proof) for index, proof in made]
        start = time.perf_counter()
        for _ in range(10):
            for index, leaf, proof in checked:
                proofs.verify_inclusion(index, size, leaf, proof, root)
        rate = 10 * len(checked) / (time.perf_counter() - start)
        opened = _timed(lambda: tree.root(leaves.StoredTiles(Store(str(Path(folder)))), size))
        store.close()
    steps = ", ".join(f"{one * 1e3:.2f}" for one in medians)
    rows.append(
        Row("B9", f"a proof at {sizes[0]:,} to {_LEAVES:,} leaves ({steps} ms)",
            "times", medians[-1] / medians[0], 3.0)
    )  # fmt: skip
    rows.append(
        Row("B9", f"proofs verified a second, {_LEAVES:,} leaves", "/s", rate, 5000, at_least=True)
    )
    rows.append(
        Row("B9", f"opening the tree of {_LEAVES:,} leaves and its root", "ms", opened * 1e3, 100)
    )
    return rows


def _leaf(index: int) -> bytes:
    return b"\1\0\0\x4e\x20" + sha256(index.to_bytes(8, "big")).digest()


if __name__ == "__main__":
    print(json.dumps([asdict(row) for row in _measure()]))
