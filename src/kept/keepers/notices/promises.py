"""What the notices keeper is able to do, and how that is proven: by what is on record.

Rules (UI-01): nobody is bound for earlier data by anything but an agreement on record; nobody
agreed by use to what they were not shown; pages note who was shown what.
"""

from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.promise import Promise
from kept.promises.proving import check
from kept.promises.slices import CARRIES, Walk

AGREEMENT = "note agreement"
_MIDDLEWARE = "kept.keepers.notices.middleware.Noticing"


def abilities() -> frozenset[str]:
    """People are told of a change, and what they agree to is noted."""
    return frozenset({AGREEMENT})


@check(AGREEMENT, carries=CARRIES)
def agreements_are_on_record(_promise: Promise, carried: Figures) -> Evidence:
    """Each person bound by a later version agreed to it, and was shown it first."""
    from kept.keepers.notices.models import Agreement, Shown
    from kept.vault.models import State, Subject

    if _MIDDLEWARE not in settings.MIDDLEWARE:
        return broken("pages do not note who was shown what: use `kept.middleware()`")
    walk = Walk(carried)
    said = Agreement.objects.filter(
        subject=OuterRef("pk"), earlier=True, version__gte=OuterRef("agreed")
    )
    bound = Q(state=State.ACTIVE, agreed__isnull=False)
    unsaid = sum(_without(said, people.filter(bound)) for people in walk.of(Subject))
    shown = Shown.objects.filter(
        subject=OuterRef("subject"), version=OuterRef("version"), day__lte=OuterRef("day")
    )
    by_use = Q(way=Agreement.Way.CONTINUED_USE)
    unseen = sum(_without(shown, rows.filter(by_use)) for rows in walk.of(Agreement))
    figures = {**walk.figures, "not agreed": unsaid, "not shown": unseen}
    if unsaid:
        return broken(f"{unsaid} people are bound by a version they did not agree to", figures)
    if unseen:
        return broken(f"{unseen} people agreed by use to what they were not shown", figures)
    says = "whoever is bound by a later version agreed to it, having been shown it"
    return kept(says, figures, walk.carry)


def _without(proof: QuerySet[Any], rows: QuerySet[Any]) -> int:
    """How many of `rows` have no `proof`. An annotation: it is looked up row by row, by index."""
    found: int = rows.annotate(has=Exists(proof)).aggregate(
        none=Count("pk", filter=Q(has=False))
    )["none"]  # fmt: skip
    return found
