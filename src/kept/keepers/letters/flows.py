"""Mail as the operator meets it: what came in, answering, confirming who wrote, setting aside.

Rules: an answer leaves through the sharing keeper, which asks the gate again, and only to a sender
who is proven; a machine's mail is never answered; one form answers once; what a mail asks about the
person's own data goes the way of every such request.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from kept import gate, ledger
from kept._kit.digests import digest_of
from kept.keepers.letters import passing, storing
from kept.keepers.letters.listening import POINT
from kept.keepers.letters.models import Letter, Reply
from kept.keepers.letters.reading import answering_purpose, clause, value_of
from kept.keepers.rights.kinds import KINDS
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing.outcomes import Denied, Queued
from kept.policy import Collection

Tab = Literal["new", "check", "done", "machines"]
_ADDRESS = "contact.email"
_State, _Kind = Letter.State, Letter.Kind
_HUMAN = Q(kind=_Kind.LETTER)
_TABS: dict[str, Q] = {
    "new": _HUMAN & Q(state=_State.NEW, proven=True),
    "check": Q(state=_State.NEW) & (_HUMAN & Q(proven=False) | Q(kind=_Kind.UNREADABLE)),
    "done": ~Q(state=_State.NEW) & (_HUMAN | Q(kind=_Kind.UNREADABLE)),
    "machines": Q(kind__in=(_Kind.BOUNCE, _Kind.AUTOMATIC)),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer."""

    outcome: Literal[
        "queued", "twice", "overtaken", "denied", "no address", "closed", "unproven", "machine"
    ]
    decision: gate.Decision | None = None
    """The gate's reasons, where it denied."""
    mail: UUID | None = None


def list_for(tab: str) -> QuerySet[Letter]:
    """The mails of a tab, the newest first. `check`: nobody proved who wrote them."""
    return Letter.objects.filter(_TABS[tab])


def waiting() -> int:
    """How many mails wait for a person."""
    return Letter.objects.filter(_TABS["new"] | _TABS["check"]).count()


def answer(id: UUID, text: str, *, heading: str, once: str, seen: int | None = None) -> Answered:
    """Send `text` to whoever wrote mail `id`; call it in a scope of the answering purpose.

    `once` is the form's token; `seen`, how many answers stood on its page. Raises `KeptError` S001
    to S003 where it cannot be a mail, `Letter.DoesNotExist`.
    """
    with transaction.atomic():
        row = Letter.objects.select_for_update().get(pk=id)
        point = clause()
        if point is None or not point.added:
            return Answered("closed")
        if row.kind != _Kind.LETTER:
            return Answered("machine")
        if not row.proven:
            return Answered("unproven")
        if Reply.objects.filter(once=digest_of(once)).exists():
            return Answered("twice")
        if seen is not None and row.replies.count() != seen:
            return Answered("overtaken")
        return _send(row, point, heading=heading, text=text, once=once)


def _send(row: Letter, point: Collection, *, heading: str, text: str, once: str) -> Answered:
    address = value_of(row, _ADDRESS)
    if isinstance(address, gate.Sealed):
        return Answered("denied", address.decision)
    purpose = answering_purpose()
    if not isinstance(address, str) or purpose is None:
        return Answered("no address")
    sent = sharing.send_mail(
        subject=row.subject_id,
        purpose=purpose,
        point=POINT,
        collected=row.collected or 0,
        to=address,
        heading=heading,
        text=text,
    )
    match sent:
        case Denied(decision=decision):
            return Answered("denied", decision)
        case Queued(mail=mail):
            keep(row, point, text, once)
            return Answered("queued", mail=mail)


@ledger.flow(ledger.Changed)
def keep(row: Letter, point: Collection, text: str, once: str) -> None:
    """Keep the answer beside what it answers, under the same clause."""
    name, category = next(iter(point.added.items()))
    made = Reply(
        letter=row, subject=row.subject, point=POINT, since=row.since, once=digest_of(once)
    )
    made.put(name, category, text)
    made.save(force_insert=True)
    row.state = _State.ANSWERED
    row.save(update_fields=["state"])
    changed = ledger.Changed(point=POINT, categories=(category,), row=made.pk)
    ledger.record(changed, row.subject_id)


@ledger.flow(may=[ledger.Consented])
def confirm(id: UUID) -> bool:
    """An operator found out that the sender is who it says. False where there is nothing to do."""
    row = Letter.objects.select_for_update().filter(pk=id, kind=_Kind.LETTER, proven=False).first()
    point = clause()
    if row is None or point is None:
        return False
    row.proven = True
    row.save(update_fields=["proven"])
    if not row.asks:
        storing.confirm(row.subject_id, point)
    return True


@ledger.flow(may=[ledger.Consented, ledger.Requested, ledger.Collected, ledger.Progressed])
def pass_on(id: UUID, kind: str, *, base: str = "") -> str:
    """Make the mail a request of `kind`, as an operator reads it; what `passing.pass_on` gives."""
    if kind not in KINDS:
        return "over"
    row = Letter.objects.filter(pk=id, state=_State.NEW, kind=_Kind.LETTER, proven=True)
    row.update(asks=kind)
    return passing.pass_on(id, base=base)


def set_aside(id: UUID) -> bool:
    """It needs no answer. False where it is not new."""
    return bool(Letter.objects.filter(pk=id, state=_State.NEW).update(state=_State.ASIDE))
