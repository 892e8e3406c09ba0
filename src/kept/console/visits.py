"""Visits as the operator sees them: a chart of days, a table of pages. Counts only."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.console.pages import ConsolePage
from kept.keepers.visits.figures import Day, Figures, figures

_HEIGHT, _STEP = 120, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, in the units of its drawing (20 wide, 120 high)."""

    x: int
    y: int
    height: int
    day: date
    says: str


class Visits(ConsolePage):
    """`/console/visits/`."""

    place = "visits"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found = figures()
        rows = [(page, _reading(page.typical)) for page in found.pages]
        return self.show("visits.html", figures=found, bars=bars(found), rows=rows)


def bars(found: Figures) -> list[Bar]:
    """The bars of the chart; the tallest fills its height."""
    most = max((day.views for day in found.days), default=0) or 1
    return [_bar(n, day, most) for n, day in enumerate(found.days)]


def _bar(n: int, day: Day, most: int) -> Bar:
    height = round(day.views / most * _HEIGHT)
    views = ngettext("%d view", "%d views", day.views) % day.views
    return Bar(n * _STEP, _HEIGHT - height, height, day.day, f"{day.day:%d %b}: {views}")


def _reading(step: int | None) -> str:
    if step is None:
        return "-"
    words = (
        _("under 10 seconds"),
        _("10 to 30 seconds"),
        _("30 to 60 seconds"),
        _("1 to 3 minutes"),
        _("3 to 10 minutes"),
        _("over 10 minutes"),
    )
    return words[step]
