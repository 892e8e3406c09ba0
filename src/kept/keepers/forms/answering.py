"""The operator's side of a collection point: what came in, and answering it by mail.

Rules: opening needs the scope of the point's purpose, and is recorded by the vault before it is
given; an answer is kept with what it answers, under the same clause, and leaves through the
sharing keeper, which asks the gate again; one form answers once.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kept import gate, ledger, promises
from kept._kit.digests import digest_of
from kept.keepers.forms.models import Answer, Submission
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing.outcomes import Denied, Queued
from kept.policy import Collection

_ADDRESS = "contact.email"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer."""

    outcome: Literal["queued", "twice", "overtaken", "denied", "no address", "closed"]
    decision: gate.Decision | None = None
    """The gate's reasons, where it denied."""
    mail: UUID | None = None


def list_for(point: str, state: str | None = None) -> QuerySet[Submission]:
    """The submissions of a collection point, the newest first; those in `state` where given."""
    rows = Submission.objects.filter(point=point)
    return rows if state is None else rows.filter(state=state)


def waiting(point: str) -> int:
    """How many submissions of a point nobody has answered yet."""
    return list_for(point, Submission.State.NEW).count()


def purpose_of(point: str) -> str | None:
    """What a submission may be opened for: the first purpose of its clause, or None."""
    clause = promises.current().policy.collect.get(point)
    return clause.purposes[0] if clause is not None else None


def answer(id: UUID, text: str, *, heading: str, once: str, seen: int | None = None) -> Answered:
    """Send `text` to the person who wrote submission `id`; call it in a scope of its purpose.

    `once` is the answering form's token; `seen`, how many answers stood on the page, so that one
    that somebody else gave meanwhile is noticed. Raises `KeptError` S001 to S003 where it cannot
    be a mail, `Submission.DoesNotExist`.
    """
    with transaction.atomic():
        row = Submission.objects.select_for_update().get(pk=id)
        clause = promises.current().policy.collect.get(row.point)
        if clause is None or not clause.added:
            return Answered("closed")
        if Answer.objects.filter(once=digest_of(once)).exists():
            return Answered("twice")
        if seen is not None and row.answers.count() != seen:
            return Answered("overtaken")
        address = _address(row, clause)
        if address is None:
            return Answered("no address")
        return _send(row, clause, address, heading=heading, text=text, once=once)


def _send(
    row: Submission, clause: Collection, address: object, *, heading: str, text: str, once: str
) -> Answered:
    if isinstance(address, gate.Sealed):
        return Answered("denied", address.decision)
    sent = sharing.send_mail(
        subject=row.subject_id,
        purpose=clause.purposes[0],
        point=row.point,
        collected=row.collected or 0,
        to=str(address),
        heading=heading,
        text=text,
    )
    match sent:
        case Denied(decision=decision):
            return Answered("denied", decision)
        case Queued(mail=mail):
            keep(row, clause, text, once)
            return Answered("queued", mail=mail)


@ledger.flow(ledger.Changed)
def keep(row: Submission, clause: Collection, text: str, once: str) -> None:
    """Keep the answer beside what it answers, under the same clause."""
    name, category = next(iter(clause.added.items()))
    made = Answer(
        submission=row, subject=row.subject, point=row.point, since=row.since, once=digest_of(once)
    )
    made.put(name, category, text)
    made.save(force_insert=True)
    row.state = Submission.State.ANSWERED
    row.save(update_fields=["state"])
    changed = ledger.Changed(point=row.point, categories=(category,), row=made.pk)
    ledger.record(changed, row.subject_id)


def _address(row: Submission, clause: Collection) -> object | None:
    for name in row.names():
        if clause.asked.get(name) == _ADDRESS:
            return row.open(name)
    return None
