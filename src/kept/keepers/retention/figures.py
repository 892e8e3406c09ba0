"""How retention stands: per collection point how much is kept, how much is over, what ends next.

Rules: figures are counted when they are asked for; nothing about a person is in them.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Min

from kept import schedule
from kept._kit import clock
from kept.keepers.retention import jobs, rules, sweeping, terms
from kept.keepers.retention.models import Sweep
from kept.keepers.retention.rules import Due
from kept.policy import Keep


@dataclass(slots=True)
class Line:
    """One collection point."""

    point: str
    keep: Keep | None
    """As the version in force says; None where it has no such clause any more."""
    rows: int = 0
    due: int = 0
    """Rows that are over and that the next sweep removes."""
    next: date | None = None
    """The day on which the next row is over; None where no day says."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it. Moments are aware and in UTC."""

    lines: tuple[Line, ...]
    last: datetime | None
    """When the last whole sweep began."""
    removed: int
    """Rows that it removed."""
    next_sweep: datetime | None


def standing(using: str = DEFAULT_DB_ALIAS) -> Standing:
    """How retention stands now."""
    versions = sweeping.known_versions()
    clauses = versions[-1].policy.collect
    lines = {
        point: Line(point, clauses[point].keep if point in clauses else None)
        for point in terms.points(versions)
    }
    for due in sweeping.due_now():
        _add(lines[due.point], due, versions, using)
    last = Sweep.objects.using(using).filter(ended__isnull=False).first()
    job = next((one for one in schedule.states() if one.name == jobs.NAME), None)
    return Standing(
        tuple(lines.values()),
        last.began if last else None,
        last.rows if last else 0,
        job.due if job else None,
    )


def _add(line: Line, due: Due, versions: list[terms.Version], using: str) -> None:
    rows = rules.of_point(due, using).filter(since__isnull=False)
    number = rows.count()
    if not number:
        return
    line.rows += number
    line.due += rules.rows(due, due.plain | due.judged, using).count()
    today = clock.today()
    later = rows.exclude(due.plain)
    for base, first in later.values_list("collected").annotate(first=Min("since")).order_by():
        end = terms.next_end(due.point, versions, base or 0, first, today)
        if end is not None and (line.next is None or end < line.next):
            line.next = end
