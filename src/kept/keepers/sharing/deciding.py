"""The gate's questions about what leaves: a mail to the person, a value to a recipient.

Rules: a consent that lifts a ban on giving data away is one to that recipient, that purpose and
those categories; consent to the purpose itself is asked besides, by opening the value for it.
"""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from kept import gate, vault
from kept.vault.models import Subject

PERSON = "subject"
"""As the recipient of a mail: the person it is about."""
CATEGORIES = ("communication.message", "contact.email")
"""What every mail holds."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who is to get data, what for, and what is established about it."""

    recipient: str
    purpose: str
    occasion: str = "ordinary"
    met: frozenset[str] = frozenset()
    """Conditions of the recipient's clause that hold: `condition`, `region`, `sector`."""
    permitted: frozenset[str] = frozenset()
    """Categories that the person permitted this recipient to get for this purpose."""

    def asks(self, category: str, point: str) -> gate.Request:
        """The question about one category that came in at `point`."""
        occasion = None if self.occasion == "ordinary" else self.occasion
        return gate.Request(gate.SHARE, category, self.purpose, point, self.recipient, occasion)


_ADDRESS = "contact.email"


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
    """May the recipient get this category of this person's row: used for it, and given to them."""
    now, facts = gate.in_force(), facts_of(person, collected)
    use = now.decide(gate.Request(gate.USE, category, sharing.purpose, point), facts)
    if not use.allowed:
        return use
    request = sharing.asks(category, point)
    return now.decide(request, _with_permission(facts, request, category in sharing.permitted))


def needs_permission(
    person: Subject, sharing: Sharing, category: str, point: str, collected: int | None
) -> bool:
    """Whether nothing but the person's permission is missing."""
    now, facts = gate.in_force(), facts_of(person, collected)
    request = sharing.asks(category, point)
    if category in sharing.permitted or not now.lifted_by_consent(request, facts.base):
        return False
    use = now.decide(gate.Request(gate.USE, category, sharing.purpose, point), facts)
    return use.allowed and now.decide(request, _with_permission(facts, request, given=True)).allowed


def _with_permission(facts: gate.Facts, request: gate.Request, given: bool) -> gate.Facts:
    """The facts with the purpose's consent set by the permission, where a ban asks for one."""
    now = gate.in_force()
    if not now.lifted_by_consent(request, facts.base):
        return facts
    bit = now.mask([request.purpose])
    consented = facts.consented | bit if given else facts.consented & ~bit
    return msgspec.structs.replace(facts, consented=consented)


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
