"""Visits as the operator sees them: charts of days and of reading times, a table of pages.

Rules: counts only; what a chart draws also stands in words, for who cannot see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.console.pages import ConsolePage
from kept.keepers.visits.figures import Day, Figures, figures

_HEIGHT, _STEP = 120, 20
_WIDE = 100
"""Of one of six bars of reading times; they fill the 600 of the chart."""
_SMALL = 20
_BELOW = ("< 10 s", "10-30 s", "30-60 s", "1-3 min", "3-10 min", "> 10 min")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the units of its drawing."""

    x: int
    y: int
    height: int
    says: str
    label: str = ""
    count: int = 0

    @property
    def middle(self) -> int:
        """Where a word below a wide bar stands."""
        return self.x + _WIDE // 2


class Visits(ConsolePage):
    """`/console/visits/`."""

    place = "visits"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found = figures()
        rows = [(one, _reading(one.typical), small(one.readings)) for one in found.pages]
        return self.show(
            "visits.html",
            figures=found,
            bars=bars(found),
            most=max((day.views for day in found.days), default=0),
            reading=readings(found.readings),
            rows=rows,
        )


def bars(found: Figures) -> list[Bar]:
    """The bars of days; the tallest fills the chart's height."""
    heights = _heights([day.views for day in found.days], _HEIGHT)
    every = zip(found.days, heights, strict=True)
    return [
        Bar(n * _STEP, _HEIGHT - height, height, _of_day(day))
        for n, (day, height) in enumerate(every)
    ]


def readings(times: Sequence[int]) -> list[Bar]:
    """The six bars of reading times, with their words."""
    heights = _heights(times, _HEIGHT)
    return [
        Bar(n * _WIDE, _HEIGHT - height, height, f"{word}: {count}", _BELOW[n], count)
        for n, (word, count, height) in enumerate(zip(_steps(), times, heights, strict=True))
    ]


def small(times: Sequence[int]) -> list[Bar]:
    """The same beside a page's name: six thin bars."""
    return [Bar(n * 8, _SMALL - high, high, "") for n, high in enumerate(_heights(times, _SMALL))]


def _heights(counts: Sequence[int], highest: int) -> list[int]:
    most = max(counts, default=0) or 1
    return [round(one / most * highest) for one in counts]


def _of_day(day: Day) -> str:
    views = ngettext("%d view", "%d views", day.views) % day.views
    robots = ngettext("%d by a robot", "%d by robots", day.robots) % day.robots
    return f"{day.day:%d %b}: {views}, {robots}"


def _steps() -> tuple[str, ...]:
    return (
        _("under 10 seconds"),
        _("10 to 30 seconds"),
        _("30 to 60 seconds"),
        _("1 to 3 minutes"),
        _("3 to 10 minutes"),
        _("over 10 minutes"),
    )


def _reading(step: int | None) -> str:
    return "-" if step is None else _steps()[step]
