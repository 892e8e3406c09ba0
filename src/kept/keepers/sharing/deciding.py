"""The gate's question about a mail: may this address and these words be used for its purpose."""

from dataclasses import dataclass
from uuid import UUID

from kept import gate
from kept.vault.models import Subject

CATEGORIES = ("communication.message", "contact.email")
"""What every mail holds."""


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


def _facts(origin: Origin) -> gate.Facts:
    """What is known about the person now; nothing about one who is not active, which denies."""
    person = Subject.objects.filter(pk=origin.subject, state="active").first()
    if person is None:
        return gate.Facts(base=None)
    return gate.Facts(
        base=max(origin.collected, person.agreed or 0),
        consented=person.consented,
        objected=person.objected,
        restricted=person.restricted,
        ceased=person.ceased,
    )
