"""What the rights keeper is able to do, and how it is proven: on time, whole, and still true.

Rules: a right counts where the host serves its page; it is broken when a request is overdue, when
one waits and nobody works on it, when what was called done is not so any more (a copy that is gone
before its day, a person who is back), or when a table of the walk cannot be read; it is not proven
while the clock's own sweep of requests stands still, for then nothing lost is taken up again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from kept import schedule, vault
from kept._kit import clock
from kept._kit.ids import new_id
from kept.keepers.forms import flows as forms
from kept.keepers.rights import kinds
from kept.keepers.rights.kinds import KINDS, right_of
from kept.keepers.rights.models import Package, Request
from kept.keepers.rights.sending import POINT
from kept.keepers.rights.states import OPEN, UNDER_WAY, State
from kept.policy import Policy
from kept.promises.evidence import Evidence, Figure, Figures, broken, kept, unproven
from kept.promises.needs import right
from kept.promises.promise import Promise
from kept.promises.proving import check, once
from kept.promises.slices import CARRIES, Walk
from kept.vault import files
from kept.vault.models import State as Standing

SWEEP: Final = "requests.go-on"
_HOUR: Final = timedelta(hours=1)
_MONTHS: Final = timedelta(days=60)
_FREE: Final = frozenset({"unsubscribe"})
"""What takes no proof: saying no to mails. Everything else hands out or takes away."""
IDLE: Final = timedelta(days=1)
"""How long a request that is known to be somebody's may wait without anybody working on it."""


def abilities() -> Iterator[str]:
    """One for each right that can be asked for on the site."""
    try:
        reverse("rights:requests")
    except NoReverseMatch:  # a host that leaves the pages out
        return
    for kind in KINDS:
        yield right(right_of(kind))


@check(right(""), _HOUR, carries=CARRIES)
def carried_out(promise: Promise, carried: Figures) -> Evidence | None:
    """Every request of this right is on time and whole, and it can be asked for."""
    if promise.section != "rights" or not promise.clause:
        return None
    chosen = [one for one in KINDS if right_of(one) == promise.clause]
    walk = Walk(carried)
    figures = _figures(chosen, walk)
    problem = _problem(figures) or _not_asked_for(promise.policy, chosen)
    if problem:
        return broken(problem, figures)
    still = _stands_still()
    if still:
        return unproven(still, figures)
    says = "requests are on time and whole, and the page to ask is served"
    return kept(says, figures, walk.carry)


@check(right(""), _HOUR)
def for_its_person_only(promise: Promise, _carried: Figures) -> Evidence | None:
    """Nothing that takes proof is done without it, and every table can be looked at."""
    if promise.id != "rights":
        return None
    return once("rights", _for_all)


def _for_all() -> Evidence:
    loose = [one.id for one in KINDS.values() if not one.answered and one.proof != _takes(one.id)]
    unproved = Request.objects.filter(state__in=UNDER_WAY, subject=None).count()
    unreadable = _unreadable()
    figures = {"without proof": len(loose) + unproved, "unreadable tables": len(unreadable)}
    if loose:
        return broken(f"the gate lets these through without proof: {', '.join(loose)}", figures)
    if unproved:
        return broken(f"{unproved} requests go on and nobody knows whose they are", figures)
    if unreadable:
        return broken(f"tables that no walk can read: {', '.join(unreadable)}", figures)
    return kept("what takes proof is not done without it; every table can be read", figures)


def _figures(chosen: list[str], walk: Walk) -> dict[str, Figure]:
    today = clock.today()
    rows = Request.objects.filter(kind__in=chosen)
    done = [one.filter(kind__in=chosen, state=State.DONE) for one in walk.of(Request, _lately)]
    idle = rows.filter(state=State.VERIFIED, asked__lt=today - IDLE, failure="")
    return {
        **walk.figures,
        "open": rows.filter(state__in=OPEN).count(),
        "overdue": rows.filter(state__in=OPEN, due__lt=today).count(),
        "failing": rows.filter(state__in=UNDER_WAY).exclude(failure="").count(),
        "idle": idle.count(),
        "done": sum(some.count() for some in done),
        "late": sum(some.filter(closed__gt=F("due")).count() for some in done),
        "came back": sum(map(_came_back, done)),
        "copies lost": _copies_lost(chosen),
    }


def _lately(last: datetime) -> Q:
    """What was done since then, but for what was done more than two months late."""
    return Q(state=State.DONE, due__gte=last.date() - _MONTHS)


def _problem(figures: Figures) -> str:
    says = {
        "overdue": "{} requests are overdue: see `kept request list --state overdue`",
        "idle": "nobody works on {} requests: is the job worker running?",
        "came back": "{} people whose deletion was done are not deleted: see `kept vault finish`",
        "copies lost": "{} copies are gone before their day",
    }
    return next((text.format(figures[one]) for one, text in says.items() if figures[one]), "")


def _came_back(done: "QuerySet[Request, Request]") -> int:
    gone = done.filter(kind="erase", subject__isnull=False)
    return gone.exclude(subject__state=Standing.ERASED).count()


def _copies_lost(chosen: list[str]) -> int:
    ready = Package.objects.filter(
        request__kind__in=chosen, request__state=State.DONE, ends__gte=clock.today()
    )
    return sum(not files.path_of(one).exists() for one in ready.values_list("file", flat=True))


def _not_asked_for(policy: Policy, chosen: list[str]) -> str:
    """Whether the page of a right that the policy offers on the site is not there."""
    offered = [one.id for one in kinds.offered(policy, face="web") if one.id in chosen]
    if offered and forms.open_page(POINT) is None:
        return "the policy has no form `[collect.request]`, so nothing can be asked on the site"
    return ""


def _takes(kind: str) -> bool:
    return kind not in _FREE


def _unreadable() -> list[str]:
    """Every declared table is asked about somebody who does not exist."""
    return [one.holding.label for one in vault.everything(new_id()) if one.failed]


def _stands_still() -> str:
    found = next((one for one in schedule.states() if one.name == SWEEP), None)
    if found is None or found.succeeded is None:
        return "the sweep of requests has not run yet: `kept serve` runs it"
    if clock.now() - found.succeeded > _HOUR:
        return "the sweep of requests stands still: see `kept schedule`"
    return ""
