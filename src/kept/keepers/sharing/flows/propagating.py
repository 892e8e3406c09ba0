"""Telling recipients what became of data that they got (GDPR Art. 19): erased, corrected, objected.

Rules: who got something is told, and who may have got it without ever saying so (a webhook that
timed out, a server that failed after reading); of an erasure and an objection they get their own
reference and no data; a correction is given like any other data, through the gate, and where it may
not be given any more they are told that what they hold is out of date; the result stands per
recipient.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.sharing import gathering, jobs, ways
from kept.keepers.sharing.giving import sharing_of
from kept.keepers.sharing.models import Disclosure, Reference, Telling
from kept.vault.models import Subject

Change = Literal["erase", "correct", "object"]
_STOPPED = (Disclosure.State.ASKING, Disclosure.State.APPROVAL, Disclosure.State.WAITING)


@dataclass(frozen=True, slots=True)
class Propagated:
    """Who is being told: one telling or disclosure for each, by recipient."""

    recipients: tuple[str, ...]


def propagate(
    subject: UUID,
    change: Change,
    *,
    purposes: Collection[str] = (),
    recipients: Collection[str] = (),
    categories: Collection[str] = (),
) -> Propagated:
    """Have everybody told who got data of `subject` (of `purposes`, among `recipients`).

    Before erasing, call it while the person's rows are there: `propagate(subject, "erase")`.
    `categories`: what a correction changed; nobody is told who got none of it.
    """
    sent = Disclosure.objects.filter(subject=subject, state=Disclosure.State.SENT)
    if purposes:
        sent = sent.filter(purpose__in=purposes)
    if recipients:
        sent = sent.filter(recipient__in=recipients)
    with transaction.atomic():
        if change in ("erase", "object"):
            _stop(subject, change, purposes, recipients)
        told: dict[str, None] = {}
        for one in sent.order_by("recipient", "-day", "pk"):
            if change == "correct":
                if _correct(one, categories):
                    told[one.recipient] = None
            elif one.recipient not in told:
                tell(subject, one.recipient, change, purposes)
                told[one.recipient] = None
        for recipient in _unconfirmed(subject, recipients) if change != "correct" else ():
            if recipient not in told:
                tell(subject, recipient, change, purposes)
                told[recipient] = None
    return Propagated(tuple(told))


def _unconfirmed(subject: UUID, among: Collection[str]) -> list[str]:
    """Who was sent something, whatever came of it; a file that nobody took was sent to nobody."""
    begun = Reference.objects.filter(subject=subject)
    if among:
        begun = begun.filter(recipient__in=among)
    names = begun.order_by("recipient").values_list("recipient", flat=True).distinct()
    return [one for one in names if _channel(one) != Disclosure.Channel.FILE]


def tell(subject: UUID, recipient: str, change: Change, purposes: Collection[str] = ()) -> None:
    """Have one recipient told, under every reference that they know the person by."""
    channel = _channel(recipient)
    by_hand = channel == Disclosure.Channel.FILE
    for reference in Reference.objects.filter(subject=subject, recipient=recipient).order_by("pk"):
        made = Telling.objects.create(
            recipient=recipient,
            reference=reference.token,
            change=change,
            purposes=sorted(purposes),
            channel=channel,
            state=Telling.State.BY_HAND if by_hand else Telling.State.WAITING,
        )
        if not by_hand:
            jobs.enqueue_telling(made.pk)


def _channel(recipient: str) -> str:
    """How a recipient is told: as data would reach them now, by hand where nothing does."""
    try:
        return ways.way(recipient).channel
    except KeptError:
        return Disclosure.Channel.FILE


def _correct(before: Disclosure, categories: Collection[str]) -> bool:
    """Give what changed to who got it; True where they are given it, or told."""
    if before.correction or before.occasion != "ordinary":
        # What was handed out for an occasion was right on its day; it is evidence, not a service.
        return False
    if categories and not {*categories} & {*before.categories}:
        return False
    same = Disclosure.objects.filter(
        subject=before.subject_id, recipient=before.recipient, purpose=before.purpose,
        correction=True, state__in=_STOPPED,
    )  # fmt: skip
    if same.exists():
        return True
    person = Subject.objects.get(pk=before.subject_id)
    lines = gathering.preview(person, sharing_of(before), before.points)
    if not any(line.decision.allowed for line in lines) or before.channel != _channel(
        before.recipient
    ):
        tell(before.subject_id, before.recipient, "correct")
        return True
    made = Disclosure.objects.create(
        subject_id=before.subject_id,
        recipient=before.recipient,
        purpose=before.purpose,
        channel=before.channel,
        points=before.points,
        met=before.met,
        correction=True,
        day=clock.today(),
    )
    jobs.enqueue_disclosure(made.pk)
    return True


def _stop(
    subject: UUID, change: Change, purposes: Collection[str], recipients: Collection[str]
) -> None:
    """What did not leave yet does not leave any more."""
    waiting = Disclosure.objects.filter(subject=subject, state__in=_STOPPED)
    if purposes:
        waiting = waiting.filter(purpose__in=purposes)
    if recipients:
        waiting = waiting.filter(recipient__in=recipients)
    waiting.update(state=Disclosure.State.DENIED, failure=change)
