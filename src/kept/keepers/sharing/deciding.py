"""The gate's questions about what leaves: a mail to the person, a value to a recipient.

Rules: a consent that lifts a ban on giving data away is one to that recipient, that purpose and
those categories; consent to the purpose itself is asked besides.
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

import msgspec

from kept import gate, vault
from kept.vault.models import Subject

PERSON = "subject"
"""As the recipient of a mail: the person it is about."""
CATEGORIES = ("communication.message", "contact.email")
"""What every mail holds."""


_ADDRESS = "contact.email"


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who is to get data, what for, and on which terms."""

    recipient: str
    purpose: str
    terms: gate.Terms = field(default_factory=gate.Terms)

    @property
    def on_occasion(self) -> bool:
        """Whether something outside the ordinary lets it be given."""
        return self.terms.occasion is not None

    def asks(self, category: str, point: str) -> gate.Request:
        """The question about one category that came in at `point`."""
        return gate.Request(gate.SHARE, category, self.purpose, point, self.recipient)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose data a mail holds, what for, and where and under which version it was collected."""

    subject: UUID
    purpose: str
    point: str
    collected: int
    categories: tuple[str, ...] = CATEGORIES


def denial(origin: Origin) -> gate.Decision | None:
    """The first decision against it; None where all are for it."""
    facts = _facts(origin)
    now = gate.in_force()
    decisions = (
        now.decide(gate.Request(gate.USE, category, origin.purpose, collection=origin.point), facts)
        for category in origin.categories
    )
    return next((one for one in decisions if not one.allowed), None)


def share(
    person: Subject, sharing: Sharing, category: str, point: str, collected: int | None
) -> gate.Decision:
    """Whether the recipient may get this category of this person's row.

    In the ordinary it must also be allowed to be used for the purpose: a consent that the purpose
    rests on is another than the permission to give. An occasion is a grant of its own.
    """
    now, facts = gate.in_force(), facts_of(person, collected)
    if not sharing.on_occasion:
        use = now.decide(gate.Request(gate.USE, category, sharing.purpose, point), facts)
        if not use.allowed:
            return use
    return now.decide_giving(sharing.asks(category, point), facts, sharing.terms)


def needs_permission(
    person: Subject, sharing: Sharing, category: str, point: str, collected: int | None
) -> bool:
    """Whether nothing but the person's permission is missing."""
    if category in sharing.terms.permitted:
        return False
    terms = msgspec.structs.replace(sharing.terms, permitted=sharing.terms.permitted | {category})
    permitted = replace(sharing, terms=terms)
    asked = (category, point, collected)
    return not share(person, sharing, *asked).allowed and share(person, permitted, *asked).allowed


def suppression(purpose: str, to: str) -> gate.Decision | None:
    """The decision against an address that gets nothing for `purpose` any more; else None."""
    if not vault.suppressed(_ADDRESS, to, purpose):
        return None
    hit = gate.RuleHit(5, False, "", "the address gets nothing for this purpose any more")
    request = gate.Request(gate.USE, _ADDRESS, purpose)
    return gate.Decision(False, (hit,), ("the person's own new consent",), request)


def _facts(origin: Origin) -> gate.Facts:
    """What is known about the person now; nothing about one who is not active, which denies."""
    person = Subject.objects.filter(pk=origin.subject, state="active").first()
    return gate.Facts(base=None) if person is None else facts_of(person, origin.collected)


def facts_of(person: Subject, collected: int | None) -> gate.Facts:
    """What is known about an active person, for data that was `collected` under that ordinal."""
    return gate.Facts(
        base=None if collected is None else max(collected, person.agreed or 0),
        consented=person.consented,
        objected=person.objected,
        restricted=person.restricted,
        ceased=person.ceased,
    )
