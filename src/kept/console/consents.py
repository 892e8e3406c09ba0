"""Consents over the last year, drawn: what was given, withdrawn, and stands. Counts only."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from kept import promises
from kept.console.pages import ConsolePage
from kept.keepers.consent import figures
from kept.keepers.consent.figures import Line

_HEIGHT, _STEP = 60, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of a chart, in the units of its drawing (20 wide, 60 high)."""

    x: int
    y: int
    height: int
    says: str


@dataclass(frozen=True, slots=True)
class Card:
    """One purpose."""

    line: Line
    says: str
    """What it is for, in the words of the policy in force; its name where it has none there."""
    bars: tuple[Bar, ...]


class Consents(ConsolePage):
    """`/console/consents/`."""

    place = "consents"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        purposes = promises.current().policy.purposes
        cards = [
            Card(line, purposes[line.purpose].says if line.purpose in purposes else line.purpose,
                 bars(line))
            for line in figures.over_time()
        ]  # fmt: skip
        return self.show("consents.html", cards=cards)


def bars(line: Line) -> tuple[Bar, ...]:
    """What stood at each month's end; the tallest fills the height."""
    most = max(month.standing for month in line.months) or 1
    found = []
    for n, month in enumerate(line.months):
        height = round(month.standing / most * _HEIGHT)
        says = (
            f"{month.first:%b %Y}: {month.given} given, {month.withdrawn} withdrawn, "
            f"{month.standing} in force at its end"
        )
        found.append(Bar(n * _STEP, _HEIGHT - height, height, says))
    return tuple(found)
