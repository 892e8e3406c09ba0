"""The rules of testimonials: who sees which, and the two verbs of a moderator.

Rules (UI-13): the public sees what a moderator published, and of that only the fields that the
clause names in `shown`, each with the gate's leave to share it with the public; a verb is done
once, and the ledger has it in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kept import gate, ledger, promises
from kept._kit import clock
from kept.keepers.forms.moderation import PUBLISHED, REFUSED, Moderated
from kept.site.models import Testimonial

POINT = "testimonial"
PURPOSE = "publish-testimonial"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Quote:
    """One testimonial as the public reads it."""

    id: UUID
    words: str
    name: str
    """Empty where the clause does not show it."""


def quotes(rows: Iterable[Testimonial]) -> list[Quote]:
    """What the public may read of `rows`; one whose author has withdrawn is left out.

    Call it with rows that have not been opened yet: they are opened for the public, together.
    """
    point = promises.current().policy.collect.get(POINT)
    if point is None or "words" not in point.shown:
        return []
    with gate.purpose(PURPOSE, actor=gate.VISITOR, recipient=PUBLIC):
        read = [(row.pk, row.words, row.name if "name" in point.shown else "") for row in rows]
        return [
            Quote(id, words, name)
            for id, words, name in read
            if isinstance(words, str) and isinstance(name, str)
        ]


def rows(state: str) -> "QuerySet[Testimonial]":
    """The testimonials in a state, the latest first."""
    return Testimonial.objects.filter(state=state)


def shown(row: Testimonial) -> list[tuple[str, object]]:
    """A testimonial as its moderator reads it, within a scope of `PURPOSE`."""
    return [
        ("Words", row.words),
        ("Name to show", row.name),
        ("Email address (never shown)", row.email),
        ("Received", row.received),
    ]


def publish(row: UUID, actor: gate.Actor) -> bool:
    """Let the public read it. True when this call did it."""
    return _decide(row, actor, PUBLISHED)


def refuse(row: UUID, actor: gate.Actor) -> bool:
    """Keep it from the public, or take it down. True when this call did it."""
    return _decide(row, actor, REFUSED)


MODERATED = Moderated(
    name="testimonials",
    title="Testimonials",
    purpose=PURPOSE,
    point=POINT,
    recipient=PUBLIC,
    rows=rows,
    shown=shown,
    publish=publish,
    refuse=refuse,
    page="kept_site:testimonials",
)


def _decide(row: UUID, actor: gate.Actor, state: str) -> bool:
    with transaction.atomic():
        found = Testimonial.objects.select_for_update().filter(pk=row).first()
        if found is None or found.state == state:
            return False
        _set(found, actor, state)
    return True


@ledger.flow(ledger.Moderated, may=[ledger.Published])
def _set(row: Testimonial, actor: gate.Actor, state: str) -> None:
    """Move `row` into `state`, in the caller's transaction, which holds the row locked."""
    before, row.state = row.state, state
    row.refused = clock.today() if state == REFUSED else None
    row.save(update_fields=["state", "refused"])
    outcome: Literal["accepted", "refused"] = "accepted" if state == PUBLISHED else "refused"
    decided = ledger.Moderated(point=POINT, outcome=outcome, by=actor.id or None, row=row.pk)
    ledger.record(decided, row.subject_id)
    if PUBLISHED in (before, state):
        seen: Literal["public", "taken-down"] = "public" if state == PUBLISHED else "taken-down"
        ledger.record(ledger.Published(point=POINT, state=seen, row=row.pk), row.subject_id)
