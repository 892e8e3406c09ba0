"""From here on it is known who asks: what becomes of a request at that moment, all or nothing.

Rules: one request of a kind for each person, a second one joins the first; erasing restricts at
once; what was typed becomes the person's own; the delay and the due day are those of the policy
under which it was asked.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kept import gate, ledger, policy, promises, vault
from kept._kit import clock
from kept.keepers.rights import links, queue
from kept.keepers.rights.channels import addresses
from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.kinds import clause as clause_of
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Request, Words
from kept.keepers.rights.moving import move
from kept.keepers.rights.sending import POINT
from kept.keepers.rights.states import UNDER_WAY, State
from kept.vault.models import Subject

_EMAIL, _MESSAGE, _KIND = "contact.email", "communication.message", "request.kind"


@dataclass(frozen=True, slots=True)
class Proven:
    """What became of it; `page`: the token of the page where more is to be said, else empty."""

    same: bool
    page: str = ""


def proven(request: Request, subject: UUID, held: Held) -> Proven:
    """Take up `request` as `subject`'s own. Call in a flow's transaction."""
    first = _under_way(request, subject)
    if first is not None or not _verify(request, subject):
        move(request, State.CANCELLED, outcome="same")
        return Proven(same=True, page=_page(first, subject) if first is not None else "")
    if request.kind == "erase":
        _restrict(request)
    _keep(request, subject, held)
    if KINDS[request.kind].answered:
        move(request, State.WORKING)
    else:
        queue.step(request.pk)
    _tell_operator(request)
    return Proven(same=False, page=_page(request, subject))


def policy_of(request: Request) -> policy.Policy:
    """The policy that the request is carried out under: the one in force when it was asked."""
    posted = promises.posted(request.version)
    return (posted or promises.current()).policy


def starts(request: Request) -> datetime:
    """When an erasure that is verified now begins, rounded up to an hour."""
    delay = policy_of(request).erasure.delay
    moment = delay.after_moment(clock.now())
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def own(subject: UUID) -> AbstractContextManager[object]:
    """The person's own scope; where one is open already, that one decides."""
    if gate.current() is not None:
        return nullcontext()
    return gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(subject)))


def address_of(request: Request) -> str:
    """The address that it was asked with, while it still stands for that person; else another."""
    assert request.subject_id is not None  # noqa: S101 - only of what was verified
    with own(request.subject_id):
        words = Words.objects.filter(request=request).first()
        names = () if words is None else words.names()
        given = [str(words.open(one)) for one in names if words.category(one) == _EMAIL]  # type: ignore[union-attr]  # names are empty without it
    if given and vault.find(_EMAIL, given[0]) == request.subject_id:
        return given[0]
    return next(iter(addresses(request.subject_id)), "")


def note(request: Request, text: str) -> None:
    """Keep what was done beside what was asked, where the policy lets it be kept."""
    words = Words.objects.filter(request=request).first()
    clause = promises.current().policy.collect.get(POINT)
    if words is None or clause is None:
        return
    for name, category in clause.added.items():
        with own(words.subject_id):
            words.put(name, category, text[: policy.category(category).max_length])
            words.save()
        return


def _page(request: Request, subject: UUID) -> str:
    """Token of the page where the person says more; empty where there is nothing more to say."""
    if not KINDS[request.kind].answered:
        return ""
    ends = links.ends_in(links.LASTS)
    page = links.begin(Link.Kind.CHANGE, request, Held(), subject=subject, ends=ends)
    return links.token(page)


def _tell_operator(request: Request) -> None:
    """A notice to whom the policy names for this right: what and by when, and nobody's name."""
    current = promises.current().policy
    said = clause_of(current, request.kind)
    contact = current.contacts.get((said.contact if said else None) or "")
    if contact is not None and contact.email:
        link = links.begin(Link.Kind.TOLD, request, Held(address=contact.email, word="notice"))
        queue.mail(link.pk)


def _under_way(request: Request, subject: UUID) -> Request | None:
    others = Request.objects.filter(subject=subject, kind=request.kind, state__in=UNDER_WAY)
    return others.exclude(pk=request.pk).first()


def _verify(request: Request, subject: UUID) -> bool:
    delay: dict[str, Any] = {"starts": starts(request)} if request.kind == "erase" else {}
    try:
        with transaction.atomic():
            return move(request, State.VERIFIED, subject_id=subject, **delay)
    except IntegrityError:  # the same request, proven at the same moment
        request.refresh_from_db()
        return False


def _restrict(request: Request) -> None:
    assert request.subject_id is not None  # noqa: S101 - it was just set
    person = Subject.objects.get(pk=request.subject_id)
    if person.restricted:
        return
    vault.set_limits(person.pk, restricted=True)
    ledger.record(ledger.Restricted(state="restricted"), person.pk)
    Request.objects.filter(pk=request.pk).update(limited=True)
    request.limited = True


def _keep(request: Request, subject: UUID, held: Held) -> None:
    """Store what was typed under its clause; where the policy has none, it is not kept."""
    posted = promises.current()
    clause = posted.policy.collect.get(POINT)
    if clause is None:
        return
    given = {_EMAIL: held.address, _KIND: request.kind, _MESSAGE: held.message}
    values = {
        name: (category, given[category])
        for name, category in clause.asked.items()
        if given.get(category)
    }
    row = Words(request=request, point=POINT, subject_id=subject)
    with own(subject):
        for name, (category, value) in values.items():
            row.put(name, category, value)
        row.save(force_insert=True)
    categories = tuple(sorted({category for category, _ in values.values()}))
    ledger.record(
        ledger.Collected(point=POINT, version=posted.ordinal, categories=categories, row=row.pk),
        subject,
    )
