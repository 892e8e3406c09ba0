"""Deleting for several people at an operator's wish: one proposes, another one approves.

Rules: nothing happens before a second operator agrees, and nobody agrees to their own proposal; the
addresses that were typed are not kept, only whose they are; each person is told and can take it
back, as with a request of their own; how many addresses are known is told to staff only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from kept import ledger, promises, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.accounts.models import User
from kept.keepers.rights import kinds, proving
from kept.keepers.rights.errors import ALREADY, TWO_PEOPLE
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Bulk, Request
from kept.keepers.rights.moving import move
from kept.keepers.rights.states import State
from kept.vault.models import State as Standing

_recording = ledger.flow(
    may=[
        ledger.Requested, ledger.Progressed, ledger.Answered, ledger.Restricted, ledger.Collected,
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposed:
    """`found` people wait for a second operator; `unknown` addresses stand for nobody."""

    bulk: UUID
    found: int
    unknown: int


@_recording
def propose(addresses: Sequence[str], *, by: User, base: str) -> Proposed:
    """Propose to delete everything about whoever these addresses stand for."""
    people: dict[UUID, None] = {}
    unknown = 0
    for address in addresses:
        person = vault.standing("email", address)
        if person is None or person.state != Standing.ACTIVE:
            unknown += 1
        else:
            people[person.pk] = None
    made = Bulk.objects.create(asked_by=by)
    posted = promises.current()
    for subject in people:
        request = Request(
            kind="erase", channel="staff", version=posted.ordinal, base=base, bulk=made,
            subject_id=subject,
        )  # fmt: skip
        request.due = kinds.due(posted.policy, "erase", request.asked)
        request.save(force_insert=True)
        asked = ledger.Requested(right="erase", way="staff", row=request.pk)
        ledger.record(asked, subject)
    return Proposed(made.pk, len(people), unknown)


@_recording
def approve(id: UUID, *, by: User) -> int:
    """Agree to another operator's proposal; how many erasures begin. Raises R004, R006."""
    made = _open(id)
    if by.pk == made.asked_by_id:
        raise KeptError(TWO_PEOPLE, "nobody approves their own proposal")
    Bulk.objects.filter(pk=id).update(approved_by=by, decided=clock.today())
    begun = 0
    for request in made.requests.select_for_update().filter(state=State.ASKED):
        if request.subject_id is not None:
            begun += not proving.proven(request, request.subject_id, Held()).same
    return begun


@_recording
def reject(id: UUID) -> int:
    """Do not do it; how many requests are closed. Raises R006."""
    made = _open(id)
    Bulk.objects.filter(pk=id).update(decided=clock.today())
    rows = made.requests.select_for_update().filter(state=State.ASKED)
    return sum(move(request, State.CANCELLED) for request in rows)


def waiting() -> QuerySet[Bulk]:
    """The proposals that nobody decided, the oldest first."""
    return Bulk.objects.filter(decided=None).order_by("day", "pk")


def _open(id: UUID) -> Bulk:
    found = Bulk.objects.select_for_update().filter(pk=id, decided=None).first()
    if found is None:
        raise KeptError(ALREADY, "the proposal was decided, or is gone")
    return found
