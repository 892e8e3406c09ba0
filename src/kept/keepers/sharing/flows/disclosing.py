"""Giving a person's data to a declared recipient: asked for, approved, tried again, given up.

Rules (UI-11, SC-18 to SC-24): whom the policy does not declare gets nothing; the gate is asked when
it is asked for and again for each value right before it leaves; what the person has to permit is
asked of them first; an occasion outside the ordinary needs the operators that its clause names;
what is asked for twice is given once; what failed is shown until a person decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from kept import gate, policy, promises
from kept._kit import clock
from kept._kit.digests import digest_of
from kept._kit.errors import KeptError, code
from kept.keepers.sharing import gathering, jobs, queueing, ways
from kept.keepers.sharing import telling as telling_room
from kept.keepers.sharing.deciding import Sharing
from kept.keepers.sharing.flows import addressing, permissions
from kept.keepers.sharing.gathering import Line
from kept.keepers.sharing.models import Disclosure, Permission, Telling
from kept.keepers.sharing.outcomes import Accepted, Denied, NothingHeld, Twice
from kept.vault.models import Subject

NOBODY = code("S015", "There is no such person", do="check the address or the subject's id")
NO_OCCASION = code(
    "S016",
    "The policy names no such occasion for the recipient",
    do="add a clause to [disclosures], or leave the occasion out",
)
ANOTHER = code("S017", "It takes two people", do="have another operator approve it")
WHO = code("S018", "It is not said who asks for it", do="give the account of the operator")
State = Disclosure.State
ORDINARY = "ordinary"
STOPPED = (State.FAILED, State.DENIED)
WAITS = (State.APPROVAL, State.READY, *STOPPED)
"""What a person has to decide about."""
_MAY_HAVE_ARRIVED = ~Q(channel=Disclosure.Channel.FILE) & (
    Q(state=State.FAILED) | Q(state=State.DENIED, attempts__gt=1)
)
"""It was sent at least once, without an answer that says that it was taken."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: nothing is opened, stored or sent for it."""

    channel: str
    lines: tuple[Line, ...]
    approvals: int
    """How many operators have to agree."""
    permission: str
    """`not needed`, or where the person's permission stands; `to be asked`."""

    @property
    def gives(self) -> tuple[str, ...]:
        """The categories that would be given now."""
        return tuple(sorted({one.category for one in self.lines if one.decision.allowed}))


@dataclass(frozen=True, slots=True)
class Given:
    """One disclosure as the person it is about sees it (GDPR Art. 15(1)(c))."""

    recipient: str
    """Who, in the policy's words."""
    purpose: str
    occasion: str
    categories: tuple[str, ...]
    day: str
    """ISO date."""
    channel: str
    sure: bool
    """False where it was sent, and the recipient never said that it came."""


def preview(
    subject: UUID,
    recipient: str,
    purpose: str,
    *,
    occasion: str = ORDINARY,
    channel: str | None = None,
    points: Collection[str] = (),
    met: Collection[str] = (),
) -> Preview:
    """What the gate says of giving it now. Raises `KeptError` S011 to S016."""
    person = _person(subject)
    approvals = _approvals(recipient, occasion)
    way = ways.way(recipient, channel)
    permitted = permissions.covers(subject, recipient, purpose)
    named = None if occasion == ORDINARY else occasion
    sharing = Sharing(recipient, purpose, gate.Terms(named, frozenset(met), permitted))
    lines = gathering.preview(person, sharing, tuple(points))
    return Preview(way.channel, lines, approvals, _standing(subject, sharing, lines))


def disclose(
    subject: UUID,
    recipient: str,
    purpose: str,
    *,
    occasion: str = ORDINARY,
    channel: str | None = None,
    points: Collection[str] = (),
    met: Collection[str] = (),
    by: str = "",
    once: str = "",
) -> Accepted | Twice | Denied | NothingHeld:
    """Give `recipient` what its clause lets it have of `subject`, for `purpose`.

    `points` limits it to collection points; `met` names the conditions of the clause that were
    established (`condition`, `region`, `sector`); `by` is the account of the operator who asks;
    `once` is the caller's own key (an order's number): with the same one nothing is given twice.
    Raises `KeptError` S011 to S018.
    """
    found = preview(
        subject, recipient, purpose, occasion=occasion, channel=channel, points=points, met=met
    )
    if not found.lines:
        return NothingHeld()
    asks = any(one.asks for one in found.lines)
    if not found.gives and not asks:
        return Denied(found.lines[0].decision)
    if found.approvals and not by:
        raise KeptError(WHO, "an occasion outside the ordinary is asked for by an operator")
    row = Disclosure(
        subject_id=subject,
        recipient=recipient,
        purpose=purpose,
        occasion=occasion,
        channel=found.channel,
        points=sorted(points),
        met=sorted(met),
        once=digest_of(f"{subject}\0{once}") if once else None,
        asked_by=by,
        tell=_tells(recipient, occasion),
        state=State.APPROVAL if found.approvals > 1 else State.WAITING,
    )
    try:
        with transaction.atomic():
            return _begin(row, found)
    except IntegrityError:
        before = Disclosure.objects.filter(once=row.once).first() if row.once else None
        if before is None:
            raise
        return Twice(before.pk)


def approve(id: UUID, by: str) -> bool:
    """A second operator agrees. False where nothing waits for it. Raises `KeptError` S017."""
    with transaction.atomic():
        row = Disclosure.objects.select_for_update().filter(pk=id, state=State.APPROVAL).first()
        if row is None:
            return False
        if not by or by == row.asked_by:
            raise KeptError(ANOTHER, "the one who asked for it cannot approve it")
        row.approved_by, row.state, row.due_at = by, State.WAITING, clock.now()
        row.save(update_fields=["approved_by", "state", "due_at"])
        jobs.enqueue_disclosure(row.pk)
    return True


def problems() -> QuerySet[Disclosure]:
    """The disclosures that a person has to decide about, the oldest first."""
    return Disclosure.objects.filter(state__in=WAITS).order_by("due_at")


def untold() -> QuerySet[Telling]:
    """The recipients that a person has to tell, the oldest first."""
    state = Telling.State
    return Telling.objects.filter(state__in=(state.BY_HAND, state.FAILED)).order_by("due_at")


def try_again(id: UUID) -> bool:
    """Give what failed or was denied after all, or tell a recipient. False where there is none."""
    now = clock.now()
    again = {"state": "waiting", "attempts": 0, "due_at": now, "failure": ""}
    with transaction.atomic():
        if Disclosure.objects.filter(pk=id, state__in=STOPPED).update(**again):
            jobs.enqueue_disclosure(id)
        elif Telling.objects.filter(pk=id, state=Telling.State.FAILED).update(**again):
            jobs.enqueue_telling(id)
        else:
            return False
    return True


def give_up(id: UUID) -> bool:
    """Remove what failed, was denied or waits to be approved. False where there is no such.

    What was sent and not confirmed stays, for the person to read: it may have arrived.
    """
    told = untold().filter(pk=id).first()
    if told is not None:
        telling_room.give_up(told)
        return True
    stopped = Disclosure.objects.filter(pk=id, state__in=(*STOPPED, State.APPROVAL, State.READY))
    with transaction.atomic():
        unsure = stopped.filter(_MAY_HAVE_ARRIVED).update(state=State.UNSURE)
        files = [one.file for one in stopped if one.file is not None]
        gone = stopped.delete()[0]
        for file in files:
            file.delete()
    return bool(unsure or gone)


def disclosures(subject: UUID) -> list[Given]:
    """Who got data of the person, the latest first: for the person themself."""
    current = promises.current().policy
    left = (State.SENT, State.UNSURE)
    rows = Disclosure.objects.filter(subject=subject, state__in=left).order_by("-day", "pk")
    return [
        Given(
            _says(current.recipients.get(one.recipient), one.recipient),
            one.purpose,
            one.occasion,
            tuple(one.categories),
            one.day.isoformat(),
            one.channel,
            sure=one.state == State.SENT,
        )
        for one in rows
    ]


def resume() -> int:
    """Queue again what a crash, or a queue that cannot wait, left behind; how many."""
    given, told = queueing.left_behind(Disclosure), queueing.left_behind(Telling)
    for id in given:
        jobs.enqueue_disclosure(id)
    for id in told:
        jobs.enqueue_telling(id)
    return len(given) + len(told)


def tell_people() -> int:
    """Write to people whose data left on an occasion that they are told about; how many."""
    site, count = promises.current().policy.meta.site, 0
    for row in Disclosure.objects.filter(state=State.SENT, tell=True, told=False):
        person = Subject.objects.filter(pk=row.subject_id, state="active").first()
        with transaction.atomic():
            Disclosure.objects.filter(pk=row.pk).update(told=True)
            if person is not None:
                count += _write(person, row, f"{site}: data we gave", _told(site, row))
    return count


def _write(person: Subject, row: Disclosure, heading: str, text: str) -> bool:
    """For the first purpose that an address of theirs serves: its own, else one that law asks."""
    purposes = gate.in_force().in_force[1].purposes
    duties = [id for id, one in purposes.items() if one.basis == "legal-obligation"]
    for purpose in dict.fromkeys((row.purpose, *duties)):
        with gate.purpose(purpose):
            if addressing.write(person, purpose, heading, text):
                return True
    return False


def _begin(row: Disclosure, found: Preview) -> Accepted | Denied:
    """Store it, and send it on its way or to whom it waits for."""
    asked = frozenset(one.category for one in found.lines if one.asks)
    if asked and row.state == State.WAITING:
        person = _person(row.subject_id)
        state = permissions.ask(person, row.recipient, row.purpose, asked).state
        if state in (Permission.State.REFUSED, Permission.State.ENDED) and not found.gives:
            return Denied(next(one.decision for one in found.lines if one.asks))
        if state == Permission.State.ASKED:
            row.state = State.ASKING
    row.save(force_insert=True)
    if row.state == State.WAITING:
        jobs.enqueue_disclosure(row.pk)
    return Accepted(row.pk, row.state)


def _standing(subject: UUID, sharing: Sharing, lines: Collection[Line]) -> str:
    before = permissions.of(subject, sharing.recipient, sharing.purpose)
    if before is not None:
        return str(before.state)
    return "to be asked" if any(one.asks for one in lines) else "not needed"


def _person(subject: UUID) -> Subject:
    person = Subject.objects.filter(pk=subject, state="active").first()
    if person is None:
        raise KeptError(NOBODY, "no active person has this id")
    return person


def _approvals(recipient: str, occasion: str) -> int:
    """How many operators must agree; 0 for the ordinary. Raises `KeptError` S011, S016."""
    ways.clause(recipient)
    if occasion == ORDINARY:
        return 0
    clause = _occasion(recipient, occasion)
    if clause is None:
        raise KeptError(NO_OCCASION, f"`{recipient}` gets nothing on the occasion `{occasion}`")
    return 2 if clause.approval == "two people" else 1


def _tells(recipient: str, occasion: str) -> bool:
    clause = None if occasion == ORDINARY else _occasion(recipient, occasion)
    return clause is not None and clause.tell


def _occasion(recipient: str, occasion: str) -> policy.Disclosure | None:
    clauses = gate.in_force().in_force[1].disclosures.values()
    fitting = (one for one in clauses if one.occasion == occasion and recipient in one.recipients)
    return next(fitting, None)


def _says(clause: object, name: str) -> str:
    return getattr(clause, "says", None) or name


def _told(site: str, row: Disclosure) -> str:
    who = _says(gate.in_force().in_force[1].recipients.get(row.recipient), row.recipient)
    return (
        f"{site} gave data about you to {who} on {row.day:%d %B %Y}.\n"
        f"The occasion: {row.occasion}. What it was: {', '.join(row.categories)}.\n"
        "You can see everything that we gave to anybody in the copy of your data."
    )
