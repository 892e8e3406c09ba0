"""What every page of the console has: staff only, the sidebar, and the page of a denied purpose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic.base import ContextMixin, View

from kept import gate, promises
from kept.conf import settings
from kept.console import duties, glance
from kept.keepers.accounts.access import StaffOnly
from kept.promises import possible

_DONE = {
    "answered": "The answer is on its way.",
    "twice": "This answer was sent before; it was not sent a second time.",
    "published": "It is published.",
    "refused": "It is not published.",
    "before": "This was done before; nothing was done a second time.",
    "again": "It is tried again.",
    "offered": "The quote stands in the client's account, and a mail tells them.",
    "mailing": "It is being sent, one message to each.",
    "ran": "It ran just now.",
    "failed": "It failed; the list says why.",
    "looked": "It was looked at just now.",
    "request-refused": "It is refused, and the person is told why.",
    "request-cancelled": "It is taken back.",
    "request-settled": "It is settled.",
    "bulk-approve": "It begins: everyone is told, and can take it back.",
    "bulk-reject": "It is dropped. Nothing was done.",
    "two-people": "Nobody approves their own proposal: it takes a second operator.",
    "given-up": "It is removed and will not be sent.",
    "giving": "It is on its way.",
    "asked": "The person is asked first; it goes when they say yes.",
    "to-approve": "It waits for a second operator.",
    "approved": "It is on its way.",
    "aside": "It is set aside.",
    "confirmed": "It is noted who wrote it; it can be answered now.",
    "request": "It is a request now; the person gets a mail about it.",
    "told": "It is noted that they were told.",
}
"""Word in the address -> what the page says. Nothing else of an address is shown."""

_PEOPLE, _DATA, _RUNNING = "With people", "About the data", "The running site"
"""Headings of the sidebar, after the first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the sidebar or of a row of tabs."""

    title: str
    url: str
    here: bool
    count: int = 0
    what: str = ""
    """What is counted, for people who hear the page."""
    bad: bool = False
    place: str = ""
    """Its word, where it is a place of the sidebar."""
    group: str = ""
    """The heading of the sidebar that it stands under."""


class Page(ContextMixin, View):
    """What a page of the console is made of: `place` is its word in the sidebar."""

    place: ClassVar[str] = ""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """The sidebar, what was just done, and the page's own values."""
        done = _DONE.get(self.request.GET.get("done", ""))
        return super().get_context_data(
            navigation=navigation(self.place, self.request.user), done=done, **more
        )

    def show(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page, rendered."""
        context = self.get_context_data(**more)
        return render(self.request, f"kept/console/{template}", context, status=status)


class ByDuty(StaffOnly):
    """Staff whose duty the place is."""

    place: ClassVar[str] = ""

    def allows(self, role: str, *, acting: bool) -> bool:
        """As the table of duties says."""
        return duties.may(role, self.place, acting=acting)


class ConsolePage(ByDuty, Page):
    """A page that opens no personal data."""


class Gated(Page):
    """A page of one purpose, closed where the gate denies the whole of it."""

    purpose: str
    point: ClassVar[str | None] = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The decision page instead, where the policy in force does not allow the purpose."""
        decision = possible.whole_purpose(self.purpose, self.point)
        if not decision.allowed:
            return self.denied(decision)
        return super().dispatch(request, *args, **kwargs)

    def denied(self, decision: gate.Decision) -> HttpResponse:
        """Which rule, which clause, what can be done."""
        return self.show(
            "denied.html", status=403, purpose=decision.request.purpose, decision=decision,
            rules=possible.reasons(decision), in_force=promises.current(),
        )  # fmt: skip


class PurposePage(gate.PurposeMixin, ByDuty, Gated):
    """A page that opens personal data: marked with its purpose, for staff, closed when denied."""


def navigation(place: str, user: Any) -> list[Entry]:
    """The sidebar: what there is to do for this member of staff, with counts."""
    role = getattr(user, "role", "")
    return [entry for entry in _entries(place) if duties.may(role, entry.place)]


def _entries(place: str) -> Iterator[Entry]:
    def to(word: str, title: str, name: str, **more: Any) -> Entry:
        return Entry(title, reverse(name), place == word, place=word, **more)

    yield to("home", "At a glance", "console:home", group="Console")
    broken = promises.broken()
    yield to(
        "promises", "Promises", "console:promises",
        count=broken, what="broken", bad=True, group="Console",
    )  # fmt: skip
    for one in glance.waiting():
        yield Entry(
            one.title, one.url, place == one.place, one.count, one.what, one.bad, one.place, _PEOPLE
        )
    yield to("quotes", "Quotes", "console:quotes", group=_PEOPLE)
    yield to("news", "News", "console:news-news", group=_PEOPLE)
    yield to("data", "Data map", "console:data", group=_DATA)
    yield to("consents", "Consents", "console:consents", group=_DATA)
    yield to("retention", "Kept until", "console:retention", group=_DATA)
    yield to("visits", "Visits", "console:visits", group=_DATA)
    yield to("schedule", "By the clock", "console:schedule", group=_RUNNING)
    yield to("stopped", "Stopped", "console:stopped", group=_RUNNING)
    if settings().mailbox:
        yield to("mailbox", "Local mailbox", "mailbox:list", group=_RUNNING)
