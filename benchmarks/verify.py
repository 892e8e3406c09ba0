"""B13: all checks of all promises, incrementally and in full, as the number of people grows.

The reference policy in force; ten rows a person by Zipf's law, each person with the consent that
rows came in with. Incrementally: as the clock does it, after a run before; the target is that a
hundred times the people take no longer. In full: `kept verify --full`; the target is that it takes
no longer for each person. Every size stands in a process and in stores of its own; all are asked
in turn.
`KEPT_BENCH_SUBJECTS="10000 1000000"` chooses the sizes.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from time import perf_counter
from typing import Any
from uuid import UUID

from benchmarks import people, scale, world
from benchmarks.measure import QUICK, Times
from benchmarks.table import Row
from kept._kit.digests import digest_of

_ROUNDS = {"incremental": 2 if QUICK else 9, "full": 1 if QUICK else 3}
_ROWS_EACH = 10
_POINT, _CHUNK = "inquiry", 2_000
_LIMIT = 1.2
"""As B14: what counts as flat, and as linear."""


def run() -> list[Row]:
    """Two rows per engine and size."""
    return [row for engine in world.ENGINES for row in _compare(engine)]


def _compare(engine: str) -> Iterator[Row]:
    first, *more = scale.SUBJECTS
    with scale.asked(engine, scale.SUBJECTS, "benchmarks.verify") as ask:
        for what, rounds in _ROUNDS.items():
            times = Times({str(size): [] for size in scale.SUBJECTS})
            for _ in range(rounds):
                for size in scale.SUBJECTS:
                    times.seconds[str(size)].append(ask(size, what))
            for size in more:
                ratio = times.ratio(str(size), str(first))
                per = size / first if what == "full" else 1.0
                unit = "times, each person" if what == "full" else "times"
                spent, before = times.median(str(size)), times.median(str(first))
                work = f"verify, {what}, {size:,} people against {first:,}, {engine}"
                said = f"{work} ({spent:.2f} s, {before:.2f} s, wall)"
                middle, low, high = (one / per for one in ratio)
                yield Row("B13", said, unit, middle, _LIMIT, low, high)


def serve(subjects: int) -> None:
    """Make that many people, then verify as the lines of standard input say, each timed."""
    import django

    django.setup()
    from kept import promises

    world.tables()
    promises.adopt()
    start = perf_counter()
    sizes = people.zipf(subjects, _ROWS_EACH * subjects)
    _consent(people.make(sizes))
    scale.tell({"subjects": subjects, "rows": sum(sizes), "seconds": perf_counter() - start})
    looked = promises.verify(full=True)
    states = ", ".join(f"{looked.count(one)} {one}" for one in ("kept", "broken", "unproven"))
    print(f"   of the promises: {states}", file=sys.stderr, flush=True)
    for line in sys.stdin:
        start = perf_counter()
        found = promises.verify(full=line.strip() == "full")
        spent = perf_counter() - start
        if len(found.findings) != len(looked.findings):
            raise ValueError("not every promise was looked at")
        scale.tell(spent)


def _consent(made: people.People) -> None:
    """To every purpose of the rows' point that asks for consent: a row, the mask, an event."""
    from django.db import transaction

    from kept import gate, ledger
    from kept.keepers.consent.models import ShownText
    from kept.vault.models import Subject

    policy = gate.in_force().in_force[1]
    clause = policy.collect[_POINT]
    asked = [one for one in clause.purposes if policy.purposes[one].basis == "consent"]
    shown, _ = ShownText.objects.get_or_create(digest=digest_of("yes"), text="yes")
    ids = iter(made)
    while some := list(islice(ids, _CHUNK)):
        with transaction.atomic():
            ledger.record_many(_given(some, asked, shown.digest))
        while ledger.sequence_once():
            pass
    Subject.objects.update(consented=gate.in_force().mask(asked))


def _given(some: Sequence[UUID], asked: Sequence[str], digest: str) -> Iterator[tuple[Any, UUID]]:
    from kept import ledger
    from kept._kit import clock
    from kept.keepers.consent.models import Consent

    rows = Consent.objects.bulk_create(
        Consent(
            subject_id=id, purpose=purpose, point=_POINT, version=0, shown_id=digest,
            given_at=clock.now(),
        )
        for id in some
        for purpose in asked
    )  # fmt: skip
    for row in rows:
        said = ledger.Consented(
            point=_POINT, purposes=(row.purpose,), version=0, text_digest=digest,
            confirmed=False, row=row.pk,
        )  # fmt: skip
        yield said, row.subject_id


if __name__ == "__main__":
    serve(int(sys.argv[1]))
