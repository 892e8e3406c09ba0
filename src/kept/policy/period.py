"""Lengths of time as people write them: `2 years`, `30 days`, `72 hours`.

Rules: one number, one unit, no signs, no fractions; months and years are calendar months (a keep of
`1 month` from 31 January ends on the last day of February), days are days of 24 hours in UTC.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_WRITTEN = re.compile(r"([0-9]{1,5}) (hour|day|week|month|year)s?")
_DAYS_IN_MONTH = 30.436875
"""The Gregorian mean, for ordering two periods of different units only, never for a deadline."""

_LONGEST_DAYS = 36_525
"""A hundred years: longer than that nobody can promise, and calendars end somewhere."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in exactly one of calendar `months`, `days` or `hours` (others are 0)."""

    months: int = 0
    days: int = 0
    hours: int = 0

    @property
    def code(self) -> str:
        """The one spelling in the manner of ISO 8601, lower case: `p2y`, `p6m`, `p30d`, `pt36h`."""
        if self.months:
            years, rest = divmod(self.months, 12)
            return f"p{years}y" if not rest else f"p{self.months}m"
        return f"p{self.days}d" if self.days else f"pt{self.hours}h"

    @property
    def iso(self) -> str:
        """The ISO 8601 duration: `P2Y`, `P30D`, `PT36H`."""
        return self.code.upper()

    @property
    def rough_days(self) -> float:
        """About how many days: good for saying which of two periods is longer."""
        return self.months * _DAYS_IN_MONTH + self.days + self.hours / 24

    @property
    def seconds(self) -> int | None:
        """Exact length in seconds (a cookie's Max-Age); None where calendar months decide it."""
        return None if self.months else self.days * 86_400 + self.hours * 3_600

    def after(self, start: date) -> date:
        """The day on which the period that began on `start` is over (hours round up to days)."""
        day = _add_months(start, self.months)
        return day + timedelta(days=self.days + -(-self.hours // 24))

    def begun_by(self, day: date) -> date | None:
        """The latest start from which the period is over on `day`; None where there is none."""
        low, high = date.min.toordinal() - 1, day.toordinal()
        while low < high:
            middle = (low + high + 1) // 2
            if self._is_over(date.fromordinal(middle), day):
                low = middle
            else:
                high = middle - 1
        return date.fromordinal(low) if low >= date.min.toordinal() else None

    def _is_over(self, start: date, day: date) -> bool:
        try:
            return self.after(start) <= day
        except (OverflowError, ValueError):  # it ends where calendars do
            return False

    def after_moment(self, start: datetime) -> datetime:
        """The moment at which the period that began at `start` (aware) is over."""
        day = _add_months(start.date(), self.months)
        moved = datetime.combine(day, start.timetz())
        return moved + timedelta(days=self.days, hours=self.hours)

    def __str__(self) -> str:
        """As a person writes it: `2 years`, `1 day`."""
        number, unit = self.number_and_unit()
        return f"{number} {unit}" + ("" if number == 1 else "s")

    def number_and_unit(self) -> tuple[int, str]:
        """The number and its unit in the singular: `(2, "year")`."""
        if self.months:
            years, rest = divmod(self.months, 12)
            return (self.months, "month") if rest else (years, "year")
        return (self.days, "day") if self.days else (self.hours, "hour")


def parse(text: str) -> Period | None:
    """The period that `text` writes, or None (unreadable, zero, over a hundred years).

    `24 months` and `2 years` are the same period.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or (number := int(found[1])) == 0:
        return None
    made = _of(number, found[2])
    return made if made.rough_days <= _LONGEST_DAYS else None


def _of(number: int, unit: str) -> Period:
    if unit == "hour":
        days, rest = divmod(number, 24)
        return Period(hours=number) if rest else Period(days=days)
    if unit in ("day", "week"):
        return Period(days=number * (7 if unit == "week" else 1))
    return Period(months=number * (12 if unit == "year" else 1))


def _add_months(day: date, months: int) -> date:
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))
