"""How consent went over the last year, per purpose: given, withdrawn, standing. Counts only.

Rules: what is counted is what is on record; who was erased is not in it any more, so that old
months can only shrink.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from kept._kit import clock
from kept.keepers.consent.models import Consent

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month, in UTC."""

    first: date
    given: int
    withdrawn: int
    standing: int
    """How many stood at its end."""


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose; the months end with the present one."""

    purpose: str
    months: tuple[Month, ...]

    @property
    def standing(self) -> int:
        """How many stand now."""
        return self.months[-1].standing


def over_time() -> tuple[Line, ...]:
    """Every purpose that anybody ever consented to, by name."""
    months = _months(clock.today())
    start = datetime(months[0].year, months[0].month, 1, tzinfo=UTC)
    before = Q(given_at__lt=start) & (Q(withdrawn_at=None) | Q(withdrawn_at__gte=start))
    stood = Consent.objects.values("purpose").annotate(n=Count("pk", filter=before))
    given, withdrawn = _by_month("given_at", start), _by_month("withdrawn_at", start)
    return tuple(
        _line(one["purpose"], months, one["n"], given, withdrawn)
        for one in stood.order_by("purpose")
    )


def _by_month(moment: str, start: datetime) -> Counter[tuple[str, date]]:
    month = TruncMonth(moment, tzinfo=UTC)
    rows = Consent.objects.filter(**{f"{moment}__gte": start}).annotate(month=month)
    counted = rows.values("purpose", "month").order_by().annotate(n=Count("pk"))
    return Counter({(one["purpose"], one["month"].date()): one["n"] for one in counted})


def _line(
    purpose: str,
    months: list[date],
    standing: int,
    given: Counter[tuple[str, date]],
    withdrawn: Counter[tuple[str, date]],
) -> Line:
    found = []
    for first in months:
        gained, lost = given[purpose, first], withdrawn[purpose, first]
        standing += gained - lost
        found.append(Month(first, gained, lost, standing))
    return Line(purpose, tuple(found))


def _months(today: date) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - MONTHS + 1, last + 1)]
