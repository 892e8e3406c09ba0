"""B2: "whom may we send news?" over a million subjects, the decision as a database predicate.

Against SQL written by hand for this one question. Three policy versions, of which the first did not
allow it; every mixture of agreement, consent, objection, restriction and stop. Asked in two ways:
how many, and who (every id read). Each engine runs in a process of its own.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from random import Random
from uuid import UUID

from benchmarks import world
from benchmarks.measure import QUICK, Arm, race
from benchmarks.table import Row
from benchmarks.world import ENGINES

_SUBJECTS = 50_000 if QUICK else 1_000_000


def run() -> list[Row]:
    """Two rows per engine."""
    rows: list[Row] = []
    for engine in ENGINES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.query"],
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
    from django.db import connection

    from kept import gate, vault
    from kept.vault.models import Subject
    from tests.gate import vector

    without = {"change": [['for = ["advertise"]', 'for = ["answer"]']]}
    compiled = vector.compiled([without, {}, {}])
    with connection.schema_editor() as editor:
        editor.create_model(Subject)
    news, answer = compiled.mask(["advertise"]), compiled.mask(["answer"])
    _fill(connection, news, answer)
    by_hand = _by_hand(connection.vendor, news)
    with gate.only_for_testing_in_force(compiled):
        permitted = Subject.objects.filter(vault.permitted("advertise", category="contact.email"))
        ids, found = permitted.values_list("pk", flat=True), permitted.count()
        if not _SUBJECTS * 0.1 < found < _SUBJECTS * 0.9:
            raise ValueError(f"{found} of {_SUBJECTS}: no good question")
        rows = []
        for what, arms in (
            ("how many", [_counted(connection, by_hand), Arm("gate", permitted.count)]),
            (
                "who",
                [
                    _read(connection, by_hand),
                    Arm("gate", lambda: sorted(ids.iterator(chunk_size=10_000))),
                ],
            ),
        ):
            times = race(arms, {"gate": "hand"}, narrow=0.03, least=5)
            seconds = times.median("gate")
            work = (
                f"{what} of {_SUBJECTS:,} may be sent news, {connection.vendor} ({seconds:.2f} s)"
            )
            middle, low, high = times.ratio("gate", "hand")
            rows.append(Row("B2", work, "times", middle, 1.2, low, high))
        return rows


def _by_hand(vendor: str, news: int) -> str:
    # Who stopped everything lost their consents: one that stands was given since, and suffices.
    later = "greatest" if vendor == "postgresql" else "max"
    return (
        "FROM kept_vault_subject WHERE state = 'active' "
        f"AND {later}(collected, coalesce(agreed, 0)) >= 1 AND consented & {news} <> 0 "
        f"AND objected & {news} = 0 AND NOT restricted"
    )


def _counted(connection, by_hand: str) -> Arm:
    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {by_hand}")
            return cursor.fetchone()[0]

    return Arm("hand", count)


def _read(connection, by_hand: str) -> Arm:
    is_text = connection.vendor == "sqlite"

    def read() -> list[UUID]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id {by_hand}")
            found = cursor.fetchall()
        return sorted(UUID(id) for (id,) in found) if is_text else sorted(id for (id,) in found)

    return Arm("hand", read)


def _fill(connection, news: int, answer: int) -> None:
    """A million subjects, the same on every engine."""
    rng = Random(20_160_316)
    is_text = connection.vendor == "sqlite"

    def row() -> tuple[object, ...]:
        id = UUID(int=rng.getrandbits(128), version=4)
        return (
            id.hex if is_text else id,
            "active" if rng.random() < 0.98 else "erased",
            rng.randrange(3),
            rng.choice((None, None, None, 0, 1, 2)),
            (news if rng.random() < 0.6 else 0) | (answer if rng.random() < 0.5 else 0),
            news if rng.random() < 0.05 else 0,
            rng.random() < 0.01,
            rng.random() < 0.03,
            "2026-01-01",
        )

    columns = "id, state, collected, agreed, consented, objected, restricted, ceased, since"
    with connection.cursor() as cursor:
        if is_text:
            marks = ", ".join(["%s"] * 9)
            for _ in range(0, _SUBJECTS, 10_000):
                cursor.executemany(
                    f"INSERT INTO kept_vault_subject ({columns}) VALUES ({marks})",
                    [row() for _ in range(10_000)],
                )
        else:
            with cursor.copy(f"COPY kept_vault_subject ({columns}) FROM STDIN") as copy:
                for _ in range(_SUBJECTS):
                    copy.write_row(row())
        cursor.execute("ANALYZE kept_vault_subject")


if __name__ == "__main__":
    print(json.dumps([asdict(row) for row in _measure()]))
