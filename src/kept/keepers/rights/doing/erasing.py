"""Erasing a person at their wish: everyone told, a last mail, then nothing is left to write to.

Rules (UI-18, UI-19; GDPR Art. 17, 19): every channel on file is told when the delay begins, and
whoever got data when it is over; what the law keeps is said, with why and until when, before the
address is gone; a mail server that is down holds the last mail up for a day at most, never the
erasure itself, and that it never left is noted; one table that fails stops no other, and then the
request is not done.
"""

from datetime import date
from uuid import UUID

from django.db import transaction

from kept import vault
from kept.keepers.rights import letters, links, sending
from kept.keepers.rights.channels import addresses
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.proving import policy_of
from kept.keepers.rights.remaining import remaining
from kept.keepers.rights.result import LaterError, Result
from kept.keepers.sharing import failures
from kept.keepers.sharing import flows as sharing
from kept.vault.models import State as Standing
from kept.vault.models import Subject

PATIENCE = 5
"""Attempts at the last mail: a bit more than half a day."""


def announce(request: Request) -> list[UUID]:
    """Links to take it back, one for every address on file; in the caller's transaction."""
    assert request.subject_id is not None  # noqa: S101 - only what was verified is delayed
    assert request.starts is not None  # noqa: S101 - as above
    return [
        links.begin(
            Link.Kind.CANCEL, request, Held(address=address),
            subject=request.subject_id, ends=request.starts,
        ).pk
        for address in addresses(request.subject_id)
    ]  # fmt: skip


def carry(request: Request) -> Result:
    """Say it, and do it. Raises `LaterError` where the last mail cannot leave yet."""
    assert request.subject_id is not None  # noqa: S101 - only what was verified is carried out
    subject = request.subject_id
    if Subject.objects.filter(pk=subject, state=Standing.ACTIVE).exists():
        _say(request, subject)
    done = vault.erase(subject)
    return Result(done.expected, done.reached, done.failed)


def _say(request: Request, subject: UUID) -> None:
    """The last mail, to every address on file; once."""
    if request.told:
        return
    words = letters.last(
        sending.site(), stays(request), str(policy_of(request).erasure.residue),
        sending.status_url(request),
    )  # fmt: skip
    down, unsent = "", ""
    for address in addresses(subject):
        failure = sending.send(address, words, subject=subject, mail=request.pk)
        if isinstance(failure, failures.Failure):
            unsent = failure.kind
            down = down if failure.final else failure.kind
    if down and request.attempts < PATIENCE:
        raise LaterError(down)
    with transaction.atomic():
        sharing.propagate(subject, "erase")
        Request.objects.filter(pk=request.pk).update(told=True, unsent=unsent)
    request.told = True


def stays(request: Request) -> str:
    """What outlives the erasure, in a few lines for the person."""
    assert request.subject_id is not None  # noqa: S101 - as above
    lines = [
        f"- {one.what}: {one.why}, {_until(one.until)}" for one in remaining(request.subject_id)
    ]
    if not lines:
        return (
            "Nothing of it stays. Copies in backups cannot be read, and are gone when the backups "
            f"are, within {policy_of(request).backups.keep}."
        )
    return "What we have to keep all the same:\n" + "\n".join(lines)


def _until(end: date | None) -> str:
    return f"until {letters.day(end)}" if end else "until that ends"
