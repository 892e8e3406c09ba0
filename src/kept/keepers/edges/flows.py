"""Writing down what the edges stopped, and reading it: for the console, checks and commands.

Rules: counts per name and day, kept `KEPT_FOR`; names of one day are bounded; what cannot be
written is counted again and never breaks the response it came from.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import F, Max, Sum

from kept._kit import clock
from kept.conf import stopped
from kept.keepers.edges.models import Stopped

log = logging.getLogger("kept.edges")
KEPT_FOR: Final = timedelta(days=90)
MOST_A_DAY: Final = 1_000
"""Names that are written down one by one each day."""
DO: Final = {
    "cookie": "declare it in the policy, or remove the code that sets it",
    "source": "serve it from this site, or name its host in the policy",
    "header": "remove the code that sends it: it has browsers report to somebody else",
    "connection": "name the host in the policy, or in KEPT['SERVICES'] if it is the site's own",
    "mail": "send it through kept.keepers.sharing",
    "log": "find the code that logs what people typed",
}
"""Kind -> what the operator can do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was stopped, over the days asked for."""

    kind: str
    name: str
    count: int
    last: date
    do: str


def write_down() -> int:
    """Write what this process counted; how many things. 0 too where there is no database."""
    counts = stopped.take()
    if not counts:
        return 0
    try:
        _write(counts)
    except DatabaseError as error:
        stopped.give_back(counts)
        log.warning("what was stopped is not written down yet: %s", type(error).__name__)
        return 0
    return len(counts)


def write_down_at_end() -> None:
    """Write it down as the process ends: whatever is wrong by then is nobody's news."""
    with suppress(Exception):
        _write(stopped.take())


def report(days: int = 30) -> list[Line]:
    """What was stopped within so many days, the most frequent first."""
    since = clock.today() - timedelta(days=days)
    rows = (
        Stopped.objects.filter(day__gt=since)
        .values("kind", "name")
        .annotate(times=Sum("count"), last=Max("day"))
        .order_by("-times", "kind", "name")
    )
    return [
        Line(row["kind"], row["name"], row["times"], row["last"], DO.get(row["kind"], ""))
        for row in rows
    ]


def _write(counts: Mapping[stopped.Thing, int]) -> None:
    if not counts:
        return
    with transaction.atomic():
        for thing, count in counts.items():
            _add(thing, count)
        Stopped.objects.filter(day__lt=clock.today() - KEPT_FOR).delete()


def _add(thing: stopped.Thing, count: int) -> None:
    today = clock.today()
    named = Stopped.objects.filter(day=today, kind=thing.kind, name=thing.name)
    if named.update(count=F("count") + count):
        return
    full = Stopped.objects.filter(day=today).count() >= MOST_A_DAY
    name = stopped.OTHERS if full else thing.name
    row, new = Stopped.objects.get_or_create(
        day=today, kind=thing.kind, name=name, defaults={"count": count}
    )
    if not new:
        Stopped.objects.filter(pk=row.pk).update(count=F("count") + count)
