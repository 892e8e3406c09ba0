"""How giving is proven: what left is what the clause names, and who was to be told was told.

Rules: each disclosure is held against the version of the policy that it left under; one recipient's
failures break that recipient's promise and no other; what left on an occasion is held against the
clause of the occasion, too: who agreed, and that the person was told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from kept import gate
from kept._kit import clock
from kept.keepers.sharing.models import Disclosure, Telling
from kept.policy import Disclosure as Occasion
from kept.policy import Policy, is_a
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import DISCLOSE, SHARE
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


@check(DISCLOSE, _HOUR, carries=CARRIES)
def agreed_to_and_told(promise: Promise, carried: Figures) -> Evidence | None:
    """Whoever has to agree did, each time, and the person was told where the clause says so."""
    if promise.section != "disclosures" or not promise.clause:
        return None
    clauses = {
        version: policy.disclosures[promise.clause]
        for version, policy in gate.in_force().policies
        if promise.clause in policy.disclosures
    }
    walk, given, alone, untold = Walk(carried), 0, 0, 0
    for rows in walk.of(Disclosure, _lately):
        on_occasion = rows.filter(state=Disclosure.State.SENT).exclude(occasion="ordinary")
        for one in on_occasion.iterator():
            clause = clauses.get(one.version if one.version is not None else -1)
            if clause is None or not _is_of(one, clause):
                continue
            given += 1
            alone += not _agreed(one, clause)
            untold += clause.tell and not one.told and one.day < clock.today() - LATE
    figures = {**walk.figures, "given": given, "not agreed to": alone, "not told": untold}
    if alone:
        return broken(f"{alone} times not everyone had agreed who has to", figures)
    if untold:
        return broken(f"{untold} people were not told within {LATE.days} days", figures)
    says = "each time those agreed who have to, and the person was told where that is promised"
    return kept(says, figures, walk.carry)


def _is_of(row: Disclosure, clause: Occasion) -> bool:
    return row.occasion == clause.occasion and row.recipient in clause.recipients


def _agreed(row: Disclosure, clause: Occasion) -> bool:
    """Whether the one who asked is known and, where it takes two, another one who agreed."""
    if clause.approval == "one person":
        return bool(row.asked_by)
    return bool(row.asked_by and row.approved_by) and row.asked_by != row.approved_by


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
