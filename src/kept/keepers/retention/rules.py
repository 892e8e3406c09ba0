"""The terms of a collection point as conditions on rows: which are over now.

Rules: what a hold covers is left alone until it ends, and so is a subject whose erasure is being
carried out (it counts what it reaches); what depends on a person's choices
or account is asked again under that person's lock, right before the row goes.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan

from kept import gate, vault
from kept.keepers.retention import also, terms
from kept.keepers.retention.reach import Kept
from kept.vault.models import Erasure, Hold

NOTHING = Q(pk__in=())
_EVERYTHING = Q(since__isnull=False)


class Due(NamedTuple):
    """The rows of one model and point that are over."""

    kept: Kept
    point: str
    plain: Q
    """By days alone: the day they were collected on, the versions."""
    judged: Q
    """By what the person chose, or by their account."""


def due(kept: Kept, point: str, versions: Sequence[terms.Version], today: date) -> Due:
    """What is over on `today`."""
    found = Due(kept, point, NOTHING, NOTHING)
    for span in terms.spans(point, versions, today):
        of_base = _on_base(span)
        plain, judged = _by_days(span.terms), _by_events(kept, point, span, today)
        if plain is not None:
            found = found._replace(plain=_either(found.plain, plain & of_base))
        if judged is not None:
            found = found._replace(judged=_either(found.judged, judged & of_base))
    return found


def rows(due: Due, condition: Q, using: str) -> QuerySet[Any]:
    """The rows of `due` that `condition` is true of, without those that must be left alone."""
    return of_point(due, using).filter(condition).exclude(subject_id__in=left_alone(using))


def rows_under_hold(due: Due, subject: UUID, using: str) -> QuerySet[Any]:
    """The rows of `due` of a subject under a hold that the hold does not cover."""
    found = of_point(due, using).filter(due.plain | due.judged, subject_id=subject)
    return vault.not_held(subject, found)


def under_hold(using: str) -> QuerySet[Any]:
    """The subjects under a hold, but for those that are left alone for another reason."""
    busy = Erasure.objects.using(using).filter(purged=False).values("subject")
    held = Hold.objects.using(using).filter(released=None).exclude(subject__in=busy)
    for spared in also.spared(using):
        held = held.exclude(subject__in=spared)
    return held.values_list("subject", flat=True).distinct()


def of_point(due: Due, using: str) -> QuerySet[Any]:
    """All rows of one model and point."""
    found = due.kept.model._base_manager.using(using)
    return found if due.kept.collect is not None else found.filter(point=due.point)


def oldest(due: Due, using: str) -> QuerySet[Any]:
    """The rows of `due` that are over by days alone, to be taken from the first day on."""
    if due.kept.collect is not None or connections[using].vendor != "sqlite":
        return rows(due, due.plain, using).order_by("since")
    # Not the column itself: SQLite would walk an index of points, past all the rows that stay.
    found = rows(due._replace(kept=Kept(due.kept.model, due.point)), due.plain, using)
    return found.annotate(_at=Coalesce("point", Value(""))).filter(_at=due.point).order_by("since")


def left_alone(using: str) -> QuerySet[Any]:
    """The subjects whose rows are not removed set by set: see `under_hold` and `also.spare`."""
    held = Hold.objects.using(using).filter(released=None).values("subject")
    busy = Erasure.objects.using(using).filter(purged=False).values("subject")
    return held.union(busy, *also.spared(using), all=True)


def _on_base(span: terms.Span) -> Q:
    """Rows on a base of `span`: the later of what they were collected under and agreed to."""
    found = Q()
    if span.low is not None:
        found &= Q(collected__gte=span.low) | Q(subject__agreed__gte=span.low)
    if span.high is not None:
        agreed = Q(subject__agreed=None) | Q(subject__agreed__lte=span.high)
        found &= Q(collected__lte=span.high) & agreed
    return found


def _by_days(found: terms.Terms) -> Q | None:
    if found.dropped:
        return _EVERYTHING
    return Q(since__lte=found.last) if found.last is not None else None


def _by_events(kept: Kept, point: str, span: terms.Span, today: date) -> Q | None:
    if not span.terms.events:
        return None
    ways: list[Q] = []
    said = getattr(getattr(kept.model, "Kept", None), "ended", None)
    if said is not None:
        ways.append(said() if callable(said) else said)
    if terms.PURPOSE_ENDS in span.terms.events:
        ended = _nobody_is_served(point, span)
        if ended is not None:
            ways.append(ended)
    if terms.ACCOUNT_CLOSES in span.terms.events:
        closed = _account_closed(kept, today)
        if closed is not None:
            ways.append(closed)
    return reduce(or_, ways) & _EVERYTHING if ways else None


def _nobody_is_served(point: str, span: terms.Span) -> Q | None:
    """Every purpose has ended for the person: left the policy, withdrawn, objected to."""
    ends = [_ended(point, purpose, span.terms.base or 0) for purpose in sorted(span.terms.purposes)]
    return None if NOTHING in ends else reduce(and_, ends, _EVERYTHING)


def _ended(point: str, purpose: str, base: int) -> Q:
    """When one purpose has ended for a person whose rows stand on `base`."""
    in_force = gate.in_force()
    clause = in_force.in_force[1].collect.get(point)
    if clause is None or purpose not in clause.purposes:
        return NOTHING  # taken out a moment ago: see `terms`
    asked = (
        in_force.predicate(purpose, category, operation=gate.USE, collection=point)
        for category in dict.fromkeys(clause.fields.values())
    )
    open_ = next((one for one in asked if not one.nothing), None)
    if open_ is None:
        return _EVERYTHING  # forbidden for everything that was collected
    ways = []
    if base <= open_.consent_until:
        ways.append(Q(Exact(F("subject__consented").bitand(open_.bit), 0)))
    if base <= open_.objection_until:
        ways.append(Q(GreaterThan(F("subject__objected").bitand(open_.bit), 0)))
    return reduce(or_, ways) if ways else NOTHING


def _account_closed(kept: Kept, today: date) -> Q | None:
    """Nobody signs in as the person any more; not on the first day, while it may be opening."""
    user: Any = get_user_model()
    try:
        user._meta.get_field("subject")
    except FieldDoesNotExist:
        return None  # accounts of the host's own: only `Kept.ended` can tell
    if kept.model is user:
        return None  # the account itself
    account = user._base_manager.filter(subject=OuterRef("subject"))
    return ~Exists(account) & Q(since__lt=today)


def _either(one: Q, other: Q) -> Q:
    return other if one == NOTHING else one | other
