"""One policy version as the gate sees it: who may do what, without prose, dates or periods.

Rules: nothing is added that the policy does not say; what it leaves out stays empty, and empty
grants nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from kept.policy import VISITS, categories

if TYPE_CHECKING:
    from kept.policy import Policy
    from kept.policy import Recipient as RecipientClause

ORDINARY: Final = "ordinary"
EITHER: Final = " or "
PUBLIC_KIND: Final = "public"
WORLDWIDE: Final = "worldwide"


class Purpose(msgspec.Struct, frozen=True):
    """One purpose: its basis, its kind, whether an objection stops it, whether a signal does."""

    basis: str
    kind: str = "service"
    may_object: bool = True
    stopped_by_signals: bool = False


class Point(msgspec.Struct, frozen=True):
    """One collection point: what it collects, for what, and what of it is published."""

    clause: str
    purposes: frozenset[str]
    categories: frozenset[str]
    published: frozenset[str] = frozenset()
    about_subject: bool = True
    """Whether its data stands in a subject's record (all but visits)."""


class Recipient(msgspec.Struct, frozen=True):
    """One recipient and what its clause lets it have."""

    kind: str
    purposes: frozenset[str]
    receives: tuple[str, ...]
    place: str | None = None
    points: frozenset[str] = frozenset()
    """Collection points it may get from; empty means all."""
    occasions: frozenset[str] = frozenset({ORDINARY})
    conditions: tuple[str, ...] = ()
    """What must be established each time: `condition`, `region`, `sector`."""


class Ban(msgspec.Struct, frozen=True):
    """One ban. Every part that is set must match; a join ban has `join` and `with_` only."""

    join: str | None = None
    with_: str | None = None
    category: str | None = None
    purpose: str | None = None
    purpose_kind: str | None = None
    recipient_kinds: tuple[str, ...] = ()
    occasion: str | None = None
    operation: str | None = None
    unless_consent: bool = False


class Combination(msgspec.Struct, frozen=True):
    """One permission to put together what was gathered apart."""

    join: str
    with_: str
    purposes: frozenset[str]


class Clauses(msgspec.Struct, frozen=True):
    """What one version says, as far as it decides anything. Keys are the names in the policy."""

    purposes: Mapping[str, Purpose]
    points: Mapping[str, Point]
    recipients: Mapping[str, Recipient] = {}
    never: Mapping[str, Ban] = {}
    combine: Mapping[str, Combination] = {}
    places: tuple[str, ...] = ()
    honoured: frozenset[str] = frozenset()
    minimum_age: int = 0


def read(policy: "Policy") -> Clauses:
    """The clauses of a loaded policy."""
    stopped = policy.stopped_by_signals
    return Clauses(
        purposes={
            id: Purpose(one.basis, one.kind, one.may_object, id in stopped)
            for id, one in policy.purposes.items()
        },
        points=_points(policy),
        recipients=_recipients(policy),
        never={
            id: Ban(
                one.join,
                one.with_,
                one.category,
                one.purpose,
                one.purpose_kind,
                tuple(one.recipient_kind),
                one.occasion,
                one.operation,
                one.unless == "consent",
            )
            for id, one in policy.never.items()
        },
        combine={
            id: Combination(one.join, one.with_, frozenset(one.purposes))
            for id, one in policy.combine.items()
        },
        places=tuple(policy.meta.places),
        honoured=_honoured(policy),
        minimum_age=policy.age.minimum if policy.age else 0,
    )


def covers(general: str, category: str) -> bool:
    """Whether `category` is `general` or stands under it (`contact` covers `contact.email`)."""
    return general in ("*", category) or category.startswith(f"{general}.")


def known_category(category: str) -> bool:
    """Whether the taxonomy has this category."""
    return category in categories()


def place_covers(declared: str, place: str) -> bool:
    """Whether `place` (ISO 3166) is `declared` or a part of it (`US` covers `US-CA`)."""
    return declared in (WORLDWIDE, place) or place.startswith(f"{declared}-")


def _points(policy: "Policy") -> dict[str, Point]:
    points: dict[str, Point] = {}
    if policy.visits:
        points[VISITS] = Point(
            VISITS,
            frozenset(policy.visits.purposes),
            frozenset(policy.visits.collect),
            about_subject=False,
        )
    for name, cookie in policy.cookies.items():
        if cookie.holds:
            id = f"cookies.{name}"
            points[id] = Point(id, frozenset(cookie.purposes), frozenset(cookie.holds))
    for id, one in policy.collect.items():
        fields = one.fields
        shown = frozenset(fields[name] for name in one.shown) if one.public else frozenset()
        points[id] = Point(
            f"collect.{id}", frozenset(one.purposes), frozenset(fields.values()), shown
        )
    return points


def _recipients(policy: "Policy") -> dict[str, Recipient]:
    occasions: dict[str, set[str]] = {id: {r.occasion} for id, r in policy.recipients.items()}
    for disclosure in policy.disclosures.values():
        for id in disclosure.recipients:
            occasions.setdefault(id, set()).add(disclosure.occasion)
    return {
        id: Recipient(
            one.kind,
            frozenset(one.purposes),
            tuple(one.receives),
            one.place,
            frozenset(one.collections),
            frozenset(occasions[id]),
            _conditions(one),
        )
        for id, one in policy.recipients.items()
    }


def _conditions(recipient: "RecipientClause") -> tuple[str, ...]:
    """Each must be established; of region and line of work, where both are named, one suffices."""
    relevant = [name for name in ("region", "sector") if getattr(recipient, name)]
    return (
        *(["condition"] if recipient.condition else []),
        *([EITHER.join(relevant)] if relevant else []),
    )


def is_met(condition: str, met: frozenset[str]) -> bool:
    """Whether one of the facts that a condition accepts is established."""
    return any(one in met for one in condition.split(EITHER))


def _honoured(policy: "Policy") -> frozenset[str]:
    answers = {
        "do-not-track": policy.signals.do_not_track,
        "global-privacy-control": policy.signals.global_privacy_control,
    }
    return frozenset(signal for signal, answer in answers.items() if answer == "honoured")
