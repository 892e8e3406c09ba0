"""How giving is proven: what left is what the clause names, and who was to be told was told.

Rules: each disclosure is held against the version of the policy that it left under; one recipient's
failures break that recipient's promise and no other.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from kept import gate
from kept._kit import clock
from kept.keepers.sharing.models import Disclosure, Telling
from kept.policy import Policy, is_a
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import SHARE
from kept.promises.promise import Promise
from kept.promises.proving import check
from kept.promises.slices import CARRIES, Walk

_HOUR: Final = timedelta(hours=1)
_WEEK: Final = timedelta(days=7)
LATE: Final = timedelta(days=3)
"""How long a recipient may go untold of an erasure, a correction or an objection."""


@check(SHARE, _HOUR, carries=CARRIES)
def given_as_declared(promise: Promise, carried: Figures) -> Evidence | None:
    """Everything that this recipient got was in its clause, and it was told of what changed."""
    id = promise.clause
    if promise.section != "recipients" or not id:
        return None
    versions = dict(gate.in_force().policies)
    walk, given, undeclared = Walk(carried), 0, 0
    for rows in walk.of(Disclosure, _lately):
        for one in rows.filter(recipient=id, state=Disclosure.State.SENT).iterator():
            given += 1
            undeclared += not _declared(one, versions)
    late = Telling.objects.filter(
        recipient=id, day__lt=clock.today() - LATE
    ).exclude(state=Telling.State.TOLD).count()  # fmt: skip
    figures = {**walk.figures, "given": given, "undeclared": undeclared, "not told": late}
    if undeclared:
        return broken(f"{undeclared} times it got what its clause did not name", figures)
    if late:
        return broken(f"it was not told {late} times within {LATE.days} days", figures)
    says = "it got what its clause names, and was told of what changed"
    return kept(says, figures, walk.carry)


def _lately(last: datetime) -> Q:
    """What left since then, and what had waited for up to a week before it did."""
    return Q(state=Disclosure.State.SENT, due_at__gte=last - _WEEK)


def _declared(row: Disclosure, versions: Mapping[int, Policy]) -> bool:
    """Whether the version that it left under names recipient, purpose and every category."""
    said = versions.get(row.version if row.version is not None else -1)
    clause = None if said is None else said.recipients.get(row.recipient)
    return (
        clause is not None
        and row.purpose in clause.purposes
        and all(any(is_a(one, general) for general in clause.receives) for one in row.categories)
    )
