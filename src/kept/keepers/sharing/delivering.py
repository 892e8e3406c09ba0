"""Sending one waiting mail: claim, ask the gate, send, record. Called by the job, or by a test.

Rules: two workers never send the same mail at the same time (the claim is one compare-and-swap,
with a lease); the gate is asked by opening the letter in a scope of the mail's own purpose, right
before it leaves; a letter that left is removed, its leaving is recorded, in one transaction; what
failed is kept and shown; the text of an exception is never kept, for it may hold an address.
"""

from uuid import UUID

from kept import gate, ledger
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.conf import outbound
from kept.keepers.sharing import compose, deciding, failures, queueing
from kept.keepers.sharing.deciding import CATEGORIES, PERSON, Origin
from kept.keepers.sharing.models import Mail
from kept.keepers.sharing.outcomes import Denied, Failed, Later, Nothing, Sent

_PARTS, _LINK = ("to", "heading", "text"), "unsubscribe"
"""The recipient of a mail to the person themself, as the ledger names it."""

Outcome = Sent | Denied | Later | Failed | Nothing


def deliver(id: UUID) -> Outcome:
    """Send the mail if it is waiting and due, or was left behind by a worker that died."""
    mail = queueing.claim(Mail, id)
    if mail is None:
        return Nothing()
    with gate.purpose(mail.purpose):
        try:
            letter = read(id)
        except KeptError as error:  # a changed envelope: no further attempt mends it
            return queueing.failed(mail, failures.Failure(error.code.id, final=True))
        if isinstance(letter, gate.Decision):
            return _denied(mail, letter)
        refused = deciding.suppression(mail.purpose, letter.to)
        if refused is not None:
            return _denied(mail, refused)
        failure = _send(mail, letter)
    return _sent(mail) if failure is None else queueing.failed(mail, failure)


def read(id: UUID) -> compose.Letter | gate.Decision:
    """The letter of a mail, or the decision that withholds it. Needs an open scope."""
    mail = Mail.objects.get(pk=id)
    parts = {name: mail.open(name) for name in _PARTS}
    if _LINK in mail.names():
        parts[_LINK] = mail.open(_LINK)
    for part in parts.values():
        if isinstance(part, gate.Sealed):
            assert part.decision is not None  # noqa: S101 - None only where no scope is open
            return part.decision
    return compose.Letter(**parts)


def _send(mail: Mail, letter: compose.Letter) -> failures.Failure | None:
    try:
        origin = Origin(mail.subject_id, mail.purpose, mail.point, mail.collected)
        message = compose.compose(letter, origin, mail_id=mail.pk, at=clock.now())
        with outbound.sending():
            left = message.send() == 1
        if left:
            return None
    except Exception as error:  # whatever a backend raises, the mail is not lost
        return failures.of(error)
    return failures.NOT_TAKEN


@ledger.flow(ledger.Sent)
def _sent(mail: Mail) -> Sent:
    ordinal, _ = gate.in_force().in_force
    event = ledger.Sent(
        recipient=PERSON,
        purpose=mail.purpose,
        categories=CATEGORIES,
        version=ordinal,
        row=mail.pk,
    )
    ledger.record(event, mail.subject_id)
    mail.delete()
    return Sent()


def _denied(mail: Mail, decision: gate.Decision) -> Denied:
    clause = next((hit.clause for hit in decision.rules if not hit.allows and hit.clause), "")
    queueing.release(mail, {"state": Mail.State.DENIED, "failure": clause[:80]})
    return Denied(decision)
