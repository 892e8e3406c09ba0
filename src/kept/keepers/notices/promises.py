"""What the notices keeper is able to do, and how that is proven: by what is on record.

Rules (UI-01): nobody is bound for earlier data by anything but an agreement on record; nobody
agreed by use to what they were not shown; pages note who was shown what.
"""

from django.conf import settings
from django.db.models import Exists, OuterRef

from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.promise import Promise
from kept.promises.proving import check

AGREEMENT = "note agreement"
_MIDDLEWARE = "kept.keepers.notices.middleware.Noticing"


def abilities() -> frozenset[str]:
    """People are told of a change, and what they agree to is noted."""
    return frozenset({AGREEMENT})


@check(AGREEMENT)
def agreements_are_on_record(_promise: Promise, _carried: Figures) -> Evidence:
    """Each person bound by a later version agreed to it, and was shown it first."""
    from kept.keepers.notices.models import Agreement, Shown
    from kept.vault.models import State, Subject

    if _MIDDLEWARE not in settings.MIDDLEWARE:
        return broken("pages do not note who was shown what: use `kept.middleware()`")
    said = Agreement.objects.filter(subject=OuterRef("pk"), earlier=True)
    bound = Subject.objects.filter(state=State.ACTIVE, agreed__isnull=False)
    unsaid = bound.filter(~Exists(said.filter(version__gte=OuterRef("agreed")))).count()
    shown = Shown.objects.filter(subject=OuterRef("subject"), version=OuterRef("version"))
    by_use = Agreement.objects.filter(way=Agreement.Way.CONTINUED_USE)
    unseen = by_use.filter(~Exists(shown.filter(day__lte=OuterRef("day")))).count()
    figures = {"agreements": Agreement.objects.count(), "bound": bound.count()}
    if unsaid:
        return broken(f"{unsaid} people are bound by a version they did not agree to", figures)
    if unseen:
        return broken(f"{unseen} people agreed by use to what they were not shown", figures)
    return kept("whoever is bound by a later version agreed to it, having been shown it", figures)
