"""Which mail goes out for a link: the one place that looks whether an address is known.

Rules: one mail in every case, the same for every address until it is known who asks; an address
whose mails are to stop is looked up here too; a mail that does not leave is tried again as long as
its link lasts, and is never lost meanwhile; a mail without a link is gone when it left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from kept import promises, vault
from kept._kit import clock
from kept.keepers.rights import letters, links, proving, sending
from kept.keepers.rights.channels import addresses
from kept.keepers.rights.doing import stopping
from kept.keepers.rights.kinds import KINDS, clause
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.sharing import failures
from kept.keepers.sharing.queueing import PAUSES
from kept.vault.models import State as Standing

_LEASE = timedelta(minutes=5)
_FARTHEST = timedelta(days=1)
"""Longer than any pause: a time that is farther off was set under a wrong clock."""
_ONCE = (Link.Kind.TOLD,)
_ENDS = (Link.Kind.TOLD, Link.Kind.FETCH)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a mail; `again`: seconds until it is tried once more, 0 for never."""

    word: str
    again: int = 0


def write(id: UUID) -> Written:
    """Send the mail of a link that is still open and was not sent."""
    row = _claim(id)
    held = None if row is None else links.held_by(row)
    if row is None or held is None:
        return Written("nothing")
    if row.kind == Link.Kind.STOP:
        stopping.finish_stop(row, held.address)
        return Written("stopped")
    subject = _subject(row, held)
    to = held.address or next(iter(addresses(subject) if subject else ()), "")
    if not to:
        row.delete()
        return Written("no address")
    words = _WORDS[Link.Kind(row.kind)](row, held)
    failure = sending.send(to, words, subject=subject, mail=row.pk)
    if isinstance(failure, failures.Failure):
        return _later(row, failure)
    if row.kind in _ONCE or failure is not None:
        row.delete()
    else:
        Link.objects.filter(pk=row.pk).update(sent=True)
    return Written("denied" if failure is not None else "sent")


def _claim(id: UUID) -> Link | None:
    """The link, for this worker alone for a while: two never send the same mail at once."""
    now = clock.now()
    free = Q(again=None) | Q(again__lte=now) | Q(again__gt=now + _FARTHEST)
    rows = Link.objects.filter(free, pk=id, sent=False)
    if not rows.update(again=now + _LEASE):
        return None
    return Link.objects.select_related("request").filter(pk=id).first()


def _subject(row: Link, held: Held) -> UUID | None:
    """Whose mail it is. A person who is known gets their own key on it before it leaves."""
    if row.subject_id is not None or row.kind != Link.Kind.CONFIRM:
        return row.subject_id
    person = vault.standing("email", held.address)
    if row.request.kind == "cease":
        stopping.stop_mails(held.address)
    if person is None or person.state != Standing.ACTIVE:
        return None
    links.give_to(row, person.pk, held)
    return person.pk


def _later(row: Link, failure: failures.Failure) -> Written:
    if failure.final or row.attempts >= len(PAUSES):
        Link.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, again=None, sent=True)
        _note(row, failure)
        return Written("failed")
    pause = PAUSES[row.attempts]
    # A second earlier than the queue comes back, so that it finds the mail free.
    again = clock.now() + timedelta(seconds=pause - 1)
    Link.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, again=again)
    return Written("later", pause)


def _note(row: Link, failure: failures.Failure) -> None:
    """What stays of a failure: a mail about the end is noted apart, as the end clears the rest."""
    rows = Request.objects.filter(pk=row.request_id)
    if row.kind in _ENDS:
        rows.update(unsent=failure.kind)
    else:
        rows.update(failure=f"mail: {failure.kind}"[:300])


def _confirm(row: Link, _held: Held) -> letters.Words:
    kind = KINDS[row.request.kind]
    said = clause(proving.policy_of(row.request), kind.id)
    if said is not None and said.proof == "password":
        return letters.by_password(sending.site(), kind, row.request.base)
    return letters.confirm(sending.site(), kind, _url(row, "confirm"))


def _cancel(row: Link, _held: Held) -> letters.Words:
    starts = row.request.starts or clock.now()
    link = _url(row, "cancel")
    return letters.deleting(sending.site(), starts, link, sending.status_url(row.request))


def _fetch(row: Link, _held: Held) -> letters.Words:
    package = Package.objects.get(pk=row.request_id)
    return letters.ready(
        sending.site(), package.ends, _url(row, "fetch"), sending.status_url(row.request),
        complete=package.complete,
    )  # fmt: skip


def _told(row: Link, held: Held) -> letters.Words:
    kind = KINDS[row.request.kind]
    if held.word == "nothing":
        return letters.nothing(sending.site(), kind)
    if held.word == "refused":
        return letters.refused(sending.site(), kind, held.details, _contact())
    if held.word == "cancelled":
        return letters.cancelled(sending.site(), kind)
    if held.word == "notice":
        page = f"{row.request.base}/console/requests/{row.request_id}/"
        return letters.notice(sending.site(), kind, row.request.due, page)
    return letters.done(sending.site(), kind, held.details)


def _contact() -> str:
    contacts = promises.current().policy.contacts.values()
    found = next((one.email or one.post for one in contacts if one.email or one.post), None)
    return f" ({found})" if found else ""


def _url(row: Link, word: str) -> str:
    return f"{row.request.base}/privacy/requests/{word}/{links.token(row)}/"


_WORDS: dict[Link.Kind, Callable[[Link, Held], letters.Words]] = {
    Link.Kind.CONFIRM: _confirm,
    Link.Kind.CANCEL: _cancel,
    Link.Kind.FETCH: _fetch,
    Link.Kind.TOLD: _told,
}
