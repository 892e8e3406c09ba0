"""The sweep: rows that are over go, then keys, identifiers and people of whom nothing is left.

Every batch is a transaction of its own, with an `Expired` event in it: collection point, model, and
how many kept rows went, those included that went with the model's (answers with what they answer).
So a check that misses rows finds them counted, at every moment.

Rules: what is over is worked out from the data each time, so that a sweep may be cut off anywhere,
a missed one is caught up by the next, and two at once do no harm; no lock is held for long; a dry
run counts the same rows and touches none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from kept import ledger, promises, vault
from kept._kit import clock
from kept.keepers.retention import removing, rules, terms
from kept.keepers.retention.also import others
from kept.keepers.retention.disk import sparing_disk
from kept.keepers.retention.models import Sweep
from kept.keepers.retention.pace import Pace
from kept.keepers.retention.reach import kept_models
from kept.keepers.retention.rules import Due

Told = Callable[[int, int], None]
"""Told (done, total) after every batch."""
_LOOK_EVERY = timedelta(days=1)
_JUDGED = 200
"""Rows that are judged under their subjects' locks at a time, at first."""
_ASKED = 10_000
"""Rows to be judged that are asked for at once."""
_PEOPLE = 30
"""People of whom nothing is left that are removed at a time, at first."""


def quiet(_done: int, _total: int) -> None:
    """No progress wanted."""


@dataclass(slots=True)
class Swept:
    """What a sweep came to, or would."""

    by_point: dict[str, int] = field(default_factory=dict)
    """Collection point -> rows removed."""
    people: int = 0
    keys: int = 0
    identifiers: int = 0
    others: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0
    """Seconds that the longest transaction took."""

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.by_point.values())


def due_now() -> Iterator[Due]:
    """What is over today, model by model and point by point, where anything can be."""
    today, versions = clock.today(), known_versions()
    declared = list(terms.points(versions))
    for kept in kept_models():
        for point in kept.points(declared):
            if point in declared:
                yield rules.due(kept, point, versions, today)


def known_versions() -> list[terms.Version]:
    """The versions that came into force, as the terms need them."""
    return [terms.Version(one.ordinal, one.began, one.policy) for one in promises.so_far()]


def count(using: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """How many rows are over, by collection point: what a sweep would remove now."""
    found: dict[str, int] = {}
    for due in due_now():
        number = rules.rows(due, due.plain | due.judged, using).count()
        if number:
            found[due.point] = found.get(due.point, 0) + number
    return found


def sweep(*, look: bool | None = None, told: Told = quiet, using: str = DEFAULT_DB_ALIAS) -> Swept:
    """Remove everything that is over.

    `look`: whether to look at every subject for what is left; by itself where rows went, a sweep
    was cut off, or it is a day since.
    """
    looked = Sweep.objects.using(using).filter(looked=True, ended__isnull=False)
    last = looked.order_by("-began").first()
    cut_off = Sweep.objects.using(using).filter(ended=None).exists()
    row = Sweep.objects.using(using).create()
    done = Swept()
    _rows(done, told, using)
    for name, forget in others().items():
        done.others[name] = forget()
    late = last is None or clock.now() - last.began >= _LOOK_EVERY
    if look or (look is None and (done.rows or cut_off or late)):
        _leftovers(done, row, using)
    _end(row, done, using)
    return done


def _rows(done: Swept, told: Told, using: str) -> None:
    expected = None if told is quiet else sum(count(using).values())
    for due in due_now():
        if not rules.of_point(due, using).exists():
            continue
        for batch in (_plain(due, using, done), _judged(due, using, done), _held(due, using)):
            for gone in batch:
                done.by_point[due.point] = done.by_point.get(due.point, 0) + gone
                if expected is not None:
                    told(done.rows, max(expected, done.rows))


def _plain(due: Due, using: str, done: Swept) -> Iterator[int]:
    if due.plain == rules.NOTHING:
        return
    pace, remover = Pace(), removing.Remover(rules.oldest(due, using))
    with sparing_disk(using) as rest:
        while True:
            with pace as size:
                gone, kept = _batch(due, remover, size, using)
            done.longest = max(done.longest, pace.longest)
            if not gone:
                return
            rest(gone)
            yield kept


@ledger.flow(may=[ledger.Expired])
def _batch(due: Due, remover: removing.Remover, size: int, using: str) -> tuple[int, int]:
    gone, kept = remover.some(size)
    if gone:
        ledger.record(_expired(due, kept), None, using)
    return gone, kept


def _expired(due: Due, rows: int) -> ledger.Expired:
    return ledger.Expired(point=due.point, rows=rows, model=due.kept.model._meta.label)


def _judged(due: Due, using: str, done: Swept) -> Iterator[int]:
    if due.judged == rules.NOTHING:
        return
    pace = Pace(_JUDGED)
    for found in _to_judge(due, using):
        at = 0
        while at < len(found):
            some = found[at : at + min(pace.size, 1_000)]
            with pace:
                kept = _judge(due, some, using)
            done.longest = max(done.longest, pace.longest)
            at += len(some)
            yield kept


def _to_judge(due: Due, using: str) -> Iterator[list[tuple[UUID, UUID]]]:
    """Rows that seem over and their subjects, many at a time: a database may look at everybody."""
    rows = rules.rows(due, due.judged, using).order_by("pk")
    pairs = rows.values_list("pk", "subject_id")
    found = list(pairs[:_ASKED])
    while found:
        yield found
        found = list(pairs.filter(pk__gt=found[-1][0])[:_ASKED])


@ledger.flow(may=[ledger.Expired])
def _judge(due: Due, some: list[tuple[UUID, UUID]], using: str) -> int:
    """Lock the people, ask again whether the rows are over, and remove those that are."""
    vault.lock_people({subject for _, subject in some}, using=using)
    rows = rules.rows(due, due.judged, using).filter(pk__in=[id for id, _ in some])
    _, kept = removing.by_ids(rows, list(rows.values_list("pk", flat=True)))
    if kept:
        ledger.record(_expired(due, kept), None, using)
    return kept


def _held(due: Due, using: str) -> Iterator[int]:
    """Rows of people under a hold that the hold does not cover."""
    if due.plain == rules.NOTHING and due.judged == rules.NOTHING:
        return
    for subject in list(rules.under_hold(using)):
        kept = _of_held(due, subject, using)
        if kept:
            yield kept


@ledger.flow(may=[ledger.Expired])
def _of_held(due: Due, subject: UUID, using: str) -> int:
    vault.lock_people([subject], using=using)
    rows = rules.rows_under_hold(due, subject, using)
    _, kept = removing.by_ids(rows, list(rows.values_list("pk", flat=True)[:_JUDGED]))
    if kept:
        ledger.record(_expired(due, kept), None, using)
    return kept


def _leftovers(done: Swept, row: Sweep, using: str) -> None:
    pace = Pace(_PEOPLE)
    for found in vault.remove_leftovers(pace, using=using):
        done.people += found.people
        done.keys += found.keys
        done.identifiers += found.identifiers
    done.longest = max(done.longest, pace.longest)
    row.looked = True


def _end(row: Sweep, done: Swept, using: str) -> None:
    Sweep.objects.using(using).filter(ended=None, pk__lt=row.pk).update(ended=clock.now())
    row.ended, row.rows, row.people = clock.now(), done.rows, done.people
    row.keys, row.identifiers, row.longest = done.keys, done.identifiers, done.longest
    row.others = sum(done.others.values())
    row.save(using=using)
