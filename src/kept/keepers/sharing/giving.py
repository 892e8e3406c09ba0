"""Giving a person's data to a recipient: claim, ask the gate, send, record. Called by the job.

Rules: what is given is opened right before it leaves, by what the policy and the person say then,
and is copied nowhere; the event's id is the same however often it is tried; a webhook or mail that
was taken is recorded in the same transaction that ends the claim; a file is recorded when it is
handed over, not when it was made, and holds what the policy, the person and their data say then;
the text of an exception is never kept.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kept import gate, ledger
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.conf import outbound
from kept.keepers.sharing import compose, failures, gathering, payload, queueing, ways, webhooks
from kept.keepers.sharing.deciding import Sharing
from kept.keepers.sharing.gathering import Gathered
from kept.keepers.sharing.models import Disclosure, Permission, Reference
from kept.keepers.sharing.outcomes import Denied, Failed, Later, Nothing, NothingHeld, Ready, Sent
from kept.vault import files
from kept.vault.models import SealedFile, Subject

Outcome = Sent | Ready | Denied | NothingHeld | Later | Failed | Nothing
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file that was just handed over."""

    name: str
    content: bytes


def sharing_of(row: Disclosure) -> Sharing:
    """The question that a disclosure puts to the gate, with what the person permits now."""
    given = Permission.objects.filter(
        subject=row.subject_id, recipient=row.recipient, purpose=row.purpose,
        state=Permission.State.GIVEN,
    ).first()  # fmt: skip
    permitted = frozenset(given.categories) if given else frozenset()
    occasion = None if row.occasion == "ordinary" else row.occasion
    return Sharing(row.recipient, row.purpose, gate.Terms(occasion, frozenset(row.met), permitted))


def deliver(id: UUID) -> Outcome:
    """Give it if it is waiting and due, or was left behind by a worker that died."""
    row = queueing.claim(Disclosure, id)
    if row is None:
        return Nothing()
    try:
        ways.clause(row.recipient)
        way = ways.way(row.recipient, row.channel)
        with _scope(row):
            found = _found(row)
            if isinstance(found, gate.Decision):
                return _denied(row, found)
            if not found.records:
                queueing.release(row, {"state": "denied", "failure": "nothing is held"})
                return NothingHeld()
            if way.channel == Disclosure.Channel.FILE:
                return _file(row, found)
            failure = _send(row, way, found)
    except KeptError as error:  # a setting, a clause or an envelope: no further attempt mends it
        return queueing.failed(row, failures.Failure(error.code.id, final=True))
    return _sent(row, found) if failure is None else queueing.failed(row, failure)


def hand_over(id: UUID, actor: gate.Actor) -> HandedOver | Denied | NothingHeld | None:
    """Open the file of a disclosure, for a person who hands it over; recorded as having left.

    The gate is asked once more, for each value, also where it left before and is taken again; None
    where there is no such file.
    """
    row = Disclosure.objects.filter(pk=id, file__isnull=False).first()
    if row is None or row.file is None:
        return None
    with _scope(row, actor):
        found = _found(row)
        withheld = _withheld(row, found)
        if withheld is not None:
            return withheld
        if row.state == Disclosure.State.READY and isinstance(found, Gathered):
            _renew(row, row.file, found)
        opened = files.open(row.file)
        content = b"".join(opened.parts)
        if row.state == Disclosure.State.READY:
            _handed(row)
    return HandedOver(opened.name, content)


def _withheld(row: Disclosure, found: Gathered | gate.Decision) -> Denied | NothingHeld | None:
    """Why a file is not handed over: nothing may be given now, or less than has left in it."""
    if isinstance(found, gate.Decision):
        return Denied(found)
    left = row.categories if row.state == Disclosure.State.SENT else []
    if found.records and {*left} <= {*found.categories}:
        return None
    return Denied(found.denied[0]) if found.denied else NothingHeld()


def _scope(row: Disclosure, actor: gate.Actor = gate.SYSTEM) -> AbstractContextManager[gate.Scope]:
    """The scope that its data is opened in: for this recipient, on these terms."""
    sharing = sharing_of(row)
    return gate.purpose(row.purpose, actor=actor, recipient=row.recipient, terms=sharing.terms)


def _found(row: Disclosure) -> Gathered | gate.Decision:
    """What is given now; the first denial where all of it is denied."""
    person = Subject.objects.filter(pk=row.subject_id, state="active").first()
    if person is None:
        sharing = sharing_of(row)
        asked = sharing.asks("contact.email", "")
        return gate.in_force().decide_giving(asked, gate.Facts(base=None), sharing.terms)
    found = gathering.gather(person, sharing_of(row), row.points)
    return found.denied[0] if found.denied and not found.records else found


def reference(row: Disclosure) -> str:
    """How the recipient names the person."""
    mine = {"subject_id": row.subject_id, "recipient": row.recipient}
    known = Reference.objects.filter(**mine).order_by("pk").first()
    return (known or Reference.objects.create(**mine)).token


def _send(row: Disclosure, way: ways.Way, found: Gathered) -> failures.Failure | None:
    if way.channel == Disclosure.Channel.WEBHOOK:
        body = payload.disclosed(row, reference(row), found, clock.now())
        return webhooks.post(way, str(row.pk), body, ways.keys(row.recipient))
    heading, text = payload.disclosed_text(row, reference(row), found)
    return mail(way.target, heading, text, id=row.pk, at=clock.now())


def mail(to: str, heading: str, text: str, *, id: UUID, at: datetime) -> failures.Failure | None:
    """Send one message to one recipient; None where the server took it."""
    letter = compose.Letter(to, heading, text)
    try:
        message = compose.compose(letter, None, mail_id=id, at=at)
        with outbound.sending():
            return None if message.send() == 1 else failures.NOT_TAKEN
    except Exception as error:  # whatever a backend raises, it is tried again
        return failures.of(error)


def _file(row: Disclosure, found: Gathered) -> Ready:
    """Seal what is to be handed over."""
    made = _sealed(row, found)
    if not queueing.release(row, {"state": "ready", "failure": "", **_holding(made, found)}):
        made.delete()
    return Ready()


def _renew(row: Disclosure, file: SealedFile, found: Gathered) -> None:
    """Put what may be given now in the place of a file that waited: it is not even opened."""
    made = _sealed(row, found)
    with transaction.atomic():
        ready = Disclosure.objects.filter(pk=row.pk, state=Disclosure.State.READY)
        replaced = ready.update(**_holding(made, found))
        (file if replaced else made).delete()
    row.refresh_from_db()


def _sealed(row: Disclosure, found: Gathered) -> SealedFile:
    """A file with the event, sealed with the person's key, under the first row's clause."""
    body = payload.disclosed(row, reference(row), found, clock.now())
    first = found.records[0]
    with gate.purpose(gate.MAINTAIN):  # the same data sealed anew: nothing is collected
        return files.store(
            _pieces(body),
            subject=row.subject_id,
            point=first.point,
            category=first.values[0].category,
            name=f"{row.recipient}-{row.pk}.json",
            media_type=_JSON,
        )


def _holding(file: SealedFile, found: Gathered) -> dict[str, Any]:
    """The columns that say what is in the file."""
    counts = {"expected": found.expected, "reached": found.reached}
    return {"file": file, "categories": list(found.categories), **counts}


def _pieces(body: bytes) -> Iterator[bytes]:
    yield body


@ledger.flow(ledger.Sent)
def _sent(row: Disclosure, found: Gathered) -> Sent:
    """The recipient took it."""
    ordinal = _record(row, found.categories)
    queueing.release(
        row,
        {
            "state": "sent", "failure": "", "version": ordinal, "day": clock.today(),
            "categories": list(found.categories),
            "expected": found.expected, "reached": found.reached,
        },
    )  # fmt: skip
    return Sent()


@ledger.flow(ledger.Sent)
def _handed(row: Disclosure) -> None:
    """A person took the file to hand it over."""
    ordinal = _record(row, tuple(row.categories))
    Disclosure.objects.filter(pk=row.pk, state=Disclosure.State.READY).update(
        state=Disclosure.State.SENT, version=ordinal, day=clock.today()
    )


def _record(row: Disclosure, categories: tuple[str, ...]) -> int:
    ordinal, _ = gate.in_force().in_force
    event = ledger.Sent(
        recipient=row.recipient,
        purpose=row.purpose,
        categories=categories,
        version=ordinal,
        row=row.pk,
    )
    ledger.record(event, row.subject_id)
    return ordinal


def _denied(row: Disclosure, decision: gate.Decision) -> Denied:
    clause = next((hit.clause for hit in decision.rules if not hit.allows and hit.clause), "")
    queueing.release(row, {"state": "denied", "failure": clause[:80]})
    return Denied(decision)
