"""What is done by the clock, and what the edges stopped: two pages that say how the site does.

Rules: nothing of a person stands here; running a job now is the flow that the clock calls.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import reverse

from kept import schedule
from kept._kit.errors import KeptError
from kept.console.pages import ConsolePage
from kept.keepers.edges import flows as edges

_BAD = frozenset({"failed", "cut off"})


class Clock(ConsolePage):
    """`/console/schedule/`: each job, when it last ran, when it is due."""

    place = "schedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, what needs somebody first."""
        states = sorted(schedule.states(), key=lambda one: (not _wrong(one), one.name))
        return self.show("schedule.html", jobs=[(one, _wrong(one)) for one in states])

    def post(self, request: HttpRequest) -> HttpResponseRedirectBase:
        """Run one now; how it went stands in the list."""
        name = request.POST.get("job", "")
        if name not in {one.name for one in schedule.registered()}:
            raise Http404
        try:
            schedule.run(name)
        except KeptError:
            return redirect(f"{reverse('console:schedule')}?done=failed#{name}")
        return redirect(f"{reverse('console:schedule')}?done=ran#{name}")


class Stopped(ConsolePage):
    """`/console/stopped/`: cookies, sources, connections, mails and log lines by name."""

    place = "stopped"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The last thirty days."""
        return self.show("stopped.html", lines=edges.report())


def wrong() -> int:
    """How many jobs failed, were cut off or are late."""
    return sum(_wrong(one) for one in schedule.states())


def _wrong(one: schedule.State) -> bool:
    return one.condition in _BAD or one.late
