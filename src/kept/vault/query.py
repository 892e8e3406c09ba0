"""The gate's decision as a Django condition: whose data may be used for a purpose.

Rules: the same answer as `decide`, row by row; every condition is positive, so that NULL never
counts as permission; a subject that is not active is never among them.
"""

from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThan

from kept import gate
from kept.vault.models import State


def permitted(
    purpose: str,
    *,
    category: str,
    prefix: str = "",
    collected: str | None = None,
    operation: str = gate.USE,
    collection: str | None = None,
    recipient: str | None = None,
) -> Q:
    """The condition for `filter()`.

    `prefix` leads to the subject: `""` on `Subject`, `"subject__"` on a model with one. `collected`
    names the row's own ordinal where the row is what is used (`"collected"` on a `kept.Model`);
    without it the subject's is meant.
    """
    asked = gate.in_force().predicate(
        purpose, category, operation=operation, collection=collection, recipient=recipient
    )
    active = Q(**{f"{prefix}state": State.ACTIVE})
    if asked.nothing:
        return Q(pk__in=[])
    if asked.everything:
        return active
    base = _Base(collected or f"{prefix}collected", f"{prefix}agreed")
    return active & _versions(asked, base) & _choices(asked, base, prefix)


class _Base:
    """Conditions on the later of two ordinals, the second of which may be NULL."""

    def __init__(self, collected: str, agreed: str) -> None:
        self.collected, self.agreed = collected, agreed

    def above(self, ordinal: int) -> Q:
        return Q(**{f"{self.collected}__gt": ordinal}) | Q(**{f"{self.agreed}__gt": ordinal})

    def below(self, ordinal: int) -> Q:
        agreed = Q(**{f"{self.agreed}__isnull": True}) | Q(**{f"{self.agreed}__lt": ordinal})
        return Q(**{f"{self.collected}__lt": ordinal}) & agreed


def _versions(asked: gate.Predicate, base: _Base) -> Q:
    found = base.above(asked.base_from - 1) & base.below(asked.base_to + 1)
    for ordinal in asked.unknown:
        found &= base.above(ordinal) | base.below(ordinal)
    return found


def _choices(asked: gate.Predicate, base: _Base, prefix: str) -> Q:
    consent = Q(GreaterThan(F(f"{prefix}consented").bitand(asked.bit), 0))
    # Said as an inequality: of `= 0` PostgreSQL believes that hardly anybody passes, and then goes
    # through all people instead of the rows that were asked for.
    no_objection = Q(LessThan(F(f"{prefix}objected").bitand(asked.bit), 1))
    found = Q()
    for until, condition in (
        (asked.consent_until, consent),
        (asked.objection_until, no_objection),
        (asked.restricted_until, Q(**{f"{prefix}restricted": False})),
        (asked.ceased_until, Q(**{f"{prefix}ceased": False})),
    ):
        if until >= asked.base_to:  # no base that is known comes later
            found &= condition
        elif until >= asked.base_from:
            found &= condition | base.above(until)
    return found
