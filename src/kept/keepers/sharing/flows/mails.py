"""Mails to people: asked for, tried again, given up. One function per verb.

Rules (UI-09 to UI-11): the gate is asked when a mail is asked for and again right before it leaves;
a mail goes to one person, at an address on file for them; a denied mail is an answer with reasons,
and nothing of it is kept; a mail that failed is shown until a person decides.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kept import gate, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.sharing import deciding, jobs, queueing
from kept.keepers.sharing.compose import Letter
from kept.keepers.sharing.deciding import Origin
from kept.keepers.sharing.models import Mail
from kept.keepers.sharing.outcomes import NOT_ON_FILE, Denied, Queued

_STOPPED = (Mail.State.FAILED, Mail.State.DENIED)


def send_mail(
    *,
    subject: UUID,
    purpose: str,
    point: str,
    collected: int,
    to: str,
    heading: str,
    text: str,
    unsubscribe: str = "",
) -> Queued | Denied:
    """Send `text` to the person `subject` at `to`, an address on file for them.

    `point` and `collected` say where and under which policy version the address was collected (of
    the row it was read from): the mail stands under the same. Raises `KeptError` S001 to S003 for
    what cannot be a mail, S004 for another person's address.
    """
    Letter(to, heading, text, unsubscribe)
    if vault.find("email", to) != subject:
        raise KeptError(NOT_ON_FILE, "the address is not on file for this person")
    origin = Origin(subject, purpose, point, collected)
    denial = deciding.denial(origin)
    if denial is None:
        denial = deciding.suppression(purpose, to)
    if denial is not None:
        return Denied(denial)
    mail = Mail(subject_id=subject, point=point, collected=collected, purpose=purpose)
    mail.put("to", "contact.email", to)
    mail.put("heading", "communication.message", heading)
    mail.put("text", "communication.message", text)
    if unsubscribe:
        mail.put("unsubscribe", "communication.message", unsubscribe)
    with transaction.atomic(), gate.purpose(purpose):
        mail.save(force_insert=True)
        jobs.enqueue(mail.pk)
    return Queued(mail.pk)


def problems() -> QuerySet[Mail]:
    """The mails that a person has to decide about, the oldest first."""
    return Mail.objects.filter(state__in=_STOPPED).order_by("due_at")


def waiting() -> int:
    """How many mails are on their way out."""
    return Mail.objects.exclude(state__in=_STOPPED).count()


def try_again(id: UUID) -> bool:
    """Send a mail that failed or was denied after all. False where there is no such mail."""
    with transaction.atomic():
        found = problems().filter(pk=id).update(
            state=Mail.State.WAITING, attempts=0, due_at=clock.now(), failure=""
        )  # fmt: skip
        if found:
            jobs.enqueue(id)
    return bool(found)


def give_up(id: UUID) -> bool:
    """Remove a mail that failed or was denied. False where there is no such mail."""
    return bool(problems().filter(pk=id).delete()[0])


def resume() -> int:
    """Queue again what a crash or a queue that cannot wait left behind; how many. At start-up."""
    ids = queueing.left_behind(Mail)
    for id in ids:
        jobs.enqueue(id)
    return len(ids)
