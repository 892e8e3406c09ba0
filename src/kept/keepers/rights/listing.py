"""Requests as an operator sees them in a list: what, by when, how far. Opens nothing.

Rules: what is due first stands first; what is overdue or failing is said in words and days, never
by colour alone; a row names nobody.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from kept._kit import clock
from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.models import Request
from kept.keepers.rights.states import OPEN, OVER, UNDER_WAY, State

_SOON = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One request of the list."""

    row: Request
    title: str
    state: str
    due: str
    tone: str
    problem: str
    can_run: bool
    can_refuse: bool
    can_cancel: bool
    can_settle: bool


def rows(which: str) -> QuerySet[Request]:
    """`open`, `overdue`, `failing` or `closed`."""
    if which == "closed":
        return Request.objects.filter(state__in=OVER).order_by("-closed", "pk")
    found = Request.objects.filter(state__in=OPEN).order_by("due", "pk")
    if which == "overdue":
        return found.filter(due__lt=clock.today())
    return _failing() if which == "failing" else found


def counts() -> dict[str, int]:
    """How many there are of each kind of list that needs a look."""
    return {one: rows(one).count() for one in ("open", "overdue", "failing")}


def needed(using: str) -> QuerySet[Any, Any]:
    """Whose data an open request for a copy still needs: nothing of it goes before its due day."""
    rows = Request.objects.using(using).filter(kind__in=("access", "export"), state__in=UNDER_WAY)
    known = rows.filter(subject__isnull=False, due__gte=clock.today())
    return known.order_by().values("subject")


def line(row: Request) -> Line:
    """One request, in words."""
    kind = KINDS[row.kind]
    known = row.state in UNDER_WAY
    left = (row.due - clock.today()).days
    over = row.closed is not None
    due, tone = ("", "") if over else _due(left)
    working = row.state == State.WORKING and not kind.answered
    return Line(
        row, kind.title, _state(row), due, tone, _problem(row),
        can_run=known and not kind.answered,
        can_refuse=not over and not (row.kind == "erase" and working),
        can_cancel=not over and not working and row.bulk_id is None,
        can_settle=bool(row.unsent),
    )  # fmt: skip


def _failing() -> QuerySet[Request]:
    """Open ones that failed, and those, over or not, of whose end nobody was told."""
    failed = ~Q(failure="") & Q(state__in=OPEN)
    return Request.objects.filter(failed | ~Q(unsent="")).order_by("due", "pk")


def _problem(row: Request) -> str:
    return f"a mail about it never left: {row.unsent}" if row.unsent else row.failure


def _due(left: int) -> tuple[str, str]:
    if left < 0:
        return f"{-left} day{'' if left == -1 else 's'} overdue", "bad"
    if left == 0:
        return "today", "warn"
    return f"in {left} day{'' if left == 1 else 's'}", "warn" if left <= _SOON else "info"


def _state(row: Request) -> str:
    word = {
        State.ASKED: "waits for proof",
        State.VERIFIED: "begins",
        State.DELAYED: "waits, can be taken back",
        State.WORKING: "under way",
        State.DONE: "done",
        State.REFUSED: "refused",
        State.CANCELLED: "taken back",
        State.LAPSED: "nobody confirmed it",
    }[State(row.state)]
    if row.state == State.ASKED and row.bulk_id is not None:
        word = "waits for a second operator"
    elif row.state == State.WORKING and KINDS[row.kind].answered:
        word = "waits for the person"
    more = {"nothing": "nothing held", "same": "joined another", "erased": "person deleted"}
    return f"{word} ({more[row.outcome]})" if row.outcome in more else word
