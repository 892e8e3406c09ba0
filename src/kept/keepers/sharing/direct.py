"""A letter that is written and sent in one go, and kept nowhere: links for signing in and such.

Rules: only for the built-in purpose `sign-in`, whose letters must reach people whatever they chose
(and addresses that nobody stands behind yet); whoever sends is a job that can write the letter
again; that a known person was written to is recorded; the text of an exception is dropped.
"""

from uuid import UUID

from django.db import transaction

from kept import gate, ledger
from kept._kit import clock
from kept.conf import outbound
from kept.keepers.sharing import compose, failures
from kept.keepers.sharing.deciding import PERSON, Origin, denial

_ADDRESS = ("contact.email",)


@ledger.flow(may=[ledger.Sent], own_transactions=True)
def send(
    letter: compose.Letter, *, point: str, subject: UUID | None, mail: UUID
) -> failures.Failure | gate.Decision | None:
    """Send `letter`, to the active `subject` where the address is known to be theirs.

    `mail` is its random id, the same when it is tried again. None where it left.
    """
    ordinal, _policy = gate.in_force().in_force
    origin = None if subject is None else Origin(subject, gate.SIGN_IN, point, ordinal, _ADDRESS)
    denied = None if origin is None else denial(origin)
    if denied is not None:
        return denied
    try:
        message = compose.compose(letter, origin, mail_id=mail, at=clock.now())
        with outbound.sending():
            left = message.send() == 1
    except Exception as error:  # whatever a backend raises, its text may hold the address
        return failures.of(error)
    if not left:
        return failures.NOT_TAKEN
    sent = ledger.Sent(
        recipient=PERSON,
        purpose=gate.SIGN_IN,
        categories=_ADDRESS,
        version=ordinal,
        row=mail,
    )
    with transaction.atomic():
        ledger.record(sent, subject)
    return None
