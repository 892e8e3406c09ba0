"""Asking for a right, proving that it was oneself, taking it back, refusing: a function per verb.

Rules (UI-15 to UI-20): web, account, mail, console and command line call these; an answer never
tells whether an address is known, and takes the same work for every address; nothing but saying no
to mails happens before it is known who asks; a link acts once; every step is on record.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet

from kept import gate, ledger, policy, promises, vault
from kept._kit.errors import KeptError
from kept.keepers.accounts import throttle
from kept.keepers.rights import kinds, links, proving, queue
from kept.keepers.rights.errors import NO_ADDRESS, NO_BASE, UNKNOWN
from kept.keepers.rights.kinds import KINDS, right_of
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Request, Words
from kept.keepers.rights.moving import move
from kept.keepers.rights.opening import opened
from kept.keepers.rights.states import OPEN, State
from kept.keepers.sharing.compose import can_reach
from kept.vault.models import State as Standing

Channel = Literal["web", "account", "mail", "staff"]
REFUSALS = {
    "unproven": "we could not make sure that the data is yours",
    "others": "it would give away, or take away, what belongs to another person",
    "repeated": "it is the same as one that we carried out a short while ago",
    "unfounded": "it has no ground in the law or in our privacy policy",
}
"""Why a request can be refused (GDPR Art. 12(4) to (6), 15(4)): word -> what the person is told."""
_KINDS_OF_EVENT = (
    ledger.Requested,
    ledger.Progressed,
    ledger.Answered,
    ledger.Restricted,
    ledger.Collected,
)
_recording = ledger.flow(may=_KINDS_OF_EVENT)


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking. `wait`: seconds until it may be asked again; nothing was kept then."""

    request: UUID | None
    state: str = ""
    wait: int = 0
    same: bool = False
    """True where it joined one that is under way."""
    page: str = ""
    """Token of the page where the person says more; only where it is known who asks."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a confirmed link did."""

    outcome: Literal["verified", "same", "nothing", "over"]
    request: Request | None = None
    page: str = ""


@_recording
def ask(
    kind: str,
    *,
    channel: Channel,
    address: str | None = None,
    subject: UUID | None = None,
    message: str = "",
    base: str = "",
) -> Asked:
    """Ask for a right. `subject` only where a password or a second operator has proven it.

    `base` is the site as its visitor reached it. Raises `KeptError` R001 to R003.
    """
    chosen = KINDS.get(kind)
    if chosen is None:
        raise KeptError(UNKNOWN, f"`{kind[:40]}`")
    if subject is None and not (address and can_reach(address)):
        raise KeptError(NO_ADDRESS, "no address that a mail can reach, and no subject")
    held = Held(address=address or "", message=_cut(message))
    base = _base(base)
    if channel in ("web", "mail"):
        wait = throttle.wait(f"mail to {address}")
        if wait:
            return Asked(None, wait=wait)
    request = _begin(kind, channel, subject, base)
    if subject is not None:
        done = proving.proven(request, subject, held)
        return Asked(request.pk, request.state, same=done.same, page=done.page)
    link = links.begin(Link.Kind.CONFIRM if chosen.proof else Link.Kind.STOP, request, held)
    queue.mail(link.pk)
    return Asked(request.pk, request.state)


@_recording
def verify(token: str) -> Verified:
    """The holder of the address says that it was them. Again does nothing."""
    found = links.find(token, Link.Kind.CONFIRM, lock=True)
    request = None if found is None else _locked(found[0].request_id, State.ASKED)
    if found is None or request is None:
        return Verified("over")
    link, held = found
    link.delete()
    person = vault.standing("email", held.address)
    if person is None or person.state != Standing.ACTIVE:
        move(request, State.DONE, outcome="nothing")
        tell(request, Held(address=held.address, word="nothing"))
        return Verified("nothing", request)
    done = proving.proven(request, person.pk, held)
    return Verified("same" if done.same else "verified", request, done.page)


@_recording
def deny(token: str) -> bool:
    """The holder of the address says that it was not them. False where the link is over."""
    found = links.find(token, Link.Kind.CONFIRM, lock=True)
    request = None if found is None else _locked(found[0].request_id, State.ASKED)
    return request is not None and move(request, State.CANCELLED)


@_recording
def cancel_by_link(token: str) -> bool:
    """Take an erasure back in its delay. False where the link is over."""
    found = links.find(token, Link.Kind.CANCEL, lock=True)
    request = None if found is None else _locked(found[0].request_id)
    return found is not None and request is not None and _cancel(request, found[1])


@_recording
def cancel(id: UUID, *, subject: UUID | None = None) -> bool:
    """Take a request back: its person (`subject`) in their account, or an operator for them.

    False where it went too far, is over, or is another person's.
    """
    request = _locked(id)
    if request is None or (subject is not None and request.subject_id != subject):
        return False
    return _cancel(request, Held())


@_recording
def refuse(id: UUID, reason: str) -> bool:
    """Refuse a request for one of `REFUSALS`; its person is told why. False where it is over."""
    request = _locked(id)
    if request is None:
        return False
    known = request.state != State.ASKED
    if not move(request, State.REFUSED, outcome=reason):
        return False
    if known:
        tell(request, Held(word="refused", details=REFUSALS[reason]))
        proving.note(request, f"Refused: {REFUSALS[reason]}.")
    return True


@_recording
def run(id: UUID) -> bool:
    """Take up a request again now, though its next attempt is later. False where it is over."""
    found = Request.objects.filter(pk=id, state__in=OPEN).exclude(state=State.ASKED)
    if not found.update(again=None, lease=None):
        return False
    queue.step(id)
    return True


def settle(id: UUID) -> bool:
    """An operator saw to it that a mail about a request's end never left. False where none is."""
    return bool(Request.objects.filter(pk=id).exclude(unsent="").update(unsent=""))


def tell(request: Request, held: Held) -> None:
    """Have a mail written about a request, to `held.address` or to the addresses on file."""
    ends = links.ends_in(links.LONG)
    known = request.subject_id if _is_active(request) else None
    link = links.begin(Link.Kind.TOLD, request, held, subject=known, ends=ends)
    queue.mail(link.pk)


def of(subject: UUID) -> QuerySet[Request]:
    """The requests of a person, the newest first."""
    return Request.objects.filter(subject=subject).order_by("-asked", "pk")


def _begin(kind: str, channel: Channel, subject: UUID | None, base: str) -> Request:
    posted = promises.current()
    request = Request(kind=kind, channel=channel, version=posted.ordinal, base=base)
    request.due = kinds.due(posted.policy, kind, request.asked)
    request.save(force_insert=True)
    right = right_of(kind)
    row = None if subject is None else request.pk
    ledger.record(ledger.Requested(right=right, way=channel, row=row), subject)  # type: ignore[arg-type]  # a right of the table
    return request


def _cancel(request: Request, held: Held) -> bool:
    if request.state == State.WORKING and not KINDS[request.kind].answered:
        return False
    known = request.state != State.ASKED
    if not move(request, State.CANCELLED):
        return False
    if known:
        tell(request, Held(address=held.address, word="cancelled"))
    return True


def _locked(id: UUID, *states: State) -> Request | None:
    """The open request, held until the transaction ends; None where it stands elsewhere."""
    rows = Request.objects.select_for_update().filter(pk=id, state__in=states or OPEN)
    return rows.first()


def _is_active(request: Request) -> bool:
    found = request.subject
    return found is not None and found.state == Standing.ACTIVE


def _base(given: str) -> str:
    url = given or promises.current().policy.meta.url
    if not url:
        raise KeptError(NO_BASE, "the policy names no `url`", place="policy")
    return url.rstrip("/")


def _cut(message: str) -> str:
    longest = policy.category("communication.message").max_length
    return message.strip()[:longest]


def message_of(request: Request) -> str:
    """What the person typed with it, as the present scope opens it; empty where it does not."""
    words = Words.objects.filter(request=request).first()
    if words is None:
        return ""
    for _name, category, value in opened(words):
        if category == "communication.message" and not isinstance(value, gate.Sealed):
            return str(value)
    return ""
