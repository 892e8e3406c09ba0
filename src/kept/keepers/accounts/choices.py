"""What a client agreed to, seen and changed in one place, each purpose by itself (UI-08, UI-17).

Rules: taking consent back is as easy as giving it (GDPR Art. 7(3)); what is given here is recorded
with the very text that stood on the page; the purposes are those of the policy in force, so that
one which left the policy is no longer offered; keepers that do more than note the choice say how.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import transaction

from kept import gate, policy, promises
from kept._kit.digests import digest_of
from kept.keepers.accounts.models import User
from kept.keepers.accounts.registering import POINT
from kept.keepers.consent import flows as consent
from kept.keepers.forms import building
from kept.vault.models import Subject

PREFERENCES = "preferences"


class Give(Protocol):
    """Carries a consent out; called in the transaction that changes the choices."""

    def __call__(self, user: User, purposes: Sequence[str], shown: str) -> None:
        """`shown` is the text on the page."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The choices of one collection point."""

    point: str
    give: Give
    take: Callable[[UUID, Sequence[str]], None]
    first: int = 0
    """How many of the point's purposes are no choice here: an account cannot be without its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose as the page shows it."""

    purpose: str
    label: str
    given: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The choices of one point, under its notice."""

    point: str
    says: str
    """What one does there: `ask for our news`."""
    lines: tuple[str, ...]
    choices: tuple[Choice, ...]
    shown: str
    digest: str


_offers: dict[str, Offer] = {}


def offer(made: Offer) -> None:
    """Add the choices of a point, in an app's `ready()`; again replaces."""
    _offers[made.point] = made


def groups(user: User) -> list[Group]:
    """What the policy in force lets this person choose."""
    person = Subject.objects.get(pk=user.person)
    current = promises.current().policy
    found = []
    for made in _offers.values():
        if made.point in current.collect:
            group = _group(current, made, person.consented)
            if group.choices:
                found.append(group)
    return found


def change(user: User, ticked: Sequence[str], seen: Sequence[str]) -> bool:
    """Set the choices to `ticked`. False where the page showed other texts than hold now (`seen`).

    Raises `KeptError` where a consent cannot be carried out; then nothing is changed.
    """
    now = groups(user)
    if [one.digest for one in now] != list(seen):
        return False
    with transaction.atomic():
        for group in now:
            made = _offers[group.point]
            new = [one.purpose for one in group.choices if one.purpose in ticked and not one.given]
            over = [one.purpose for one in group.choices if one.given and one.purpose not in ticked]
            if over:
                made.take(user.person, over)
            if new:
                made.give(user, new, group.shown)
    return True


def note(point: str) -> Give:
    """A `Give` that notes the consent and does nothing else."""

    def give(user: User, purposes: Sequence[str], shown: str) -> None:
        consent.give(user.person, point=point, purposes=purposes, shown=shown)

    return give


def withdraw(subject: UUID, purposes: Sequence[str]) -> None:
    """End the consents."""
    consent.withdraw(subject, purposes)


def _group(current: policy.Policy, made: Offer, consented: int) -> Group:
    notice = policy.prose.notice(current, made.point)
    choosable = set(current.collect[made.point].purposes[made.first :])
    boxes = [one for one in building.consents(notice) if one[0] in choosable]
    in_force = gate.in_force()
    choices = tuple(
        Choice(purpose, label, bool(consented & in_force.mask([purpose])))
        for purpose, label in boxes
    )
    shown = building.shown_text(notice)
    lines = tuple(notice.text.splitlines())
    says = current.collect[made.point].says
    return Group(made.point, says, lines, choices, shown, digest_of(shown))


offer(Offer(POINT, note(POINT), withdraw, first=1))
offer(Offer(PREFERENCES, note(PREFERENCES), withdraw))
