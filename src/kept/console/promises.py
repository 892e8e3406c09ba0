"""The page of promises: which are broken, which are not proven, why, and what to do; look again.

Rules: nothing here opens personal data; looking again is the same flow as `kept verify` and the
scheduled run.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import reverse

from kept import promises, schedule
from kept.console.pages import ConsolePage
from kept.promises import scheduled, standing
from kept.promises.models import Run, Turn

_TURNS = 20
_RUNS = 48


class Promises(ConsolePage):
    """`/console/promises/`: every promise, the worst first."""

    place = "promises"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = sorted(promises.standings(), key=lambda one: _ORDER[one.state])
        return self.show(
            "promises.html",
            rows=rows,
            counts=standing.counts(rows),
            turns=Turn.objects.all()[:_TURNS],
            runs=_bars(),
            job=next(one for one in schedule.states() if one.name == scheduled.NAME),
        )

    def post(self, request: HttpRequest) -> HttpResponseRedirectBase:
        """Look at one again, or at all of them."""
        one = request.POST.get("promise", "")
        promises.verify([one] if one else ())
        place = f"#{one}" if one else ""
        return redirect(f"{reverse('console:promises')}?done=looked{place}")


_ORDER = {"broken": 0, "unproven": 1, "kept": 2}


def _bars() -> list[dict[str, float]]:
    """The last runs, the oldest first, as parts of a bar of height 100."""
    runs = list(Run.objects.filter(whole=True)[:_RUNS])[::-1]
    bars = []
    for number, run in enumerate(runs):
        all = max(1, run.kept + run.unproven + run.broken)
        kept, unproven = 100 * run.kept / all, 100 * run.unproven / all
        bars.append(
            {
                "x": number * 10,
                "kept": kept,
                "kept_y": 100 - kept,
                "unproven": unproven,
                "unproven_y": 100 - kept - unproven,
                "broken": 100 - kept - unproven,
            }
        )
    return bars
