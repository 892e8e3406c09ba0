"""After a restore: requests stand where the record says that they stand, not where the backup does.

Rules: what was taken back or refused since the backup is not carried out after all; what was proven
since and is lost with the data is taken up again, with a new delay and another mail that it can be
taken back; a deletion that was carried out since is not said to wait; what the backup does not know
and the record cannot tell is counted, never passed over. Each may be done again.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction

from kept import ledger, promises
from kept._kit import clock
from kept.keepers.rights import kinds, proving
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.moving import move
from kept.keepers.rights.states import OPEN, State, may
from kept.vault.models import State as Standing
from kept.vault.models import Subject

_ENDS = {"cancelled": State.CANCELLED, "refused": State.REFUSED, "lapsed": State.LAPSED}
_TAKEN_UP = ("access", "export", "cease", "unsubscribe", "erase")
"""A standstill is in the journal; what its person has to say more about, they ask for again."""
_Step: TypeAlias = ledger.Requested | ledger.Progressed | ledger.Answered
_recording = ledger.flow(
    may=[
        ledger.Requested, ledger.Progressed, ledger.Answered, ledger.Restricted, ledger.Collected,
    ]
)  # fmt: skip


@dataclass(slots=True)
class Reconciled:
    """What a restore came to."""

    ended: int = 0
    taken_up: int = 0
    lost: int = 0
    """Of which it is not known where the site stands, so that nobody can be written to."""


@dataclass(slots=True)
class _Recorded:
    """One request, as its events tell it."""

    subject: UUID
    day: date
    right: str = ""
    way: str = "staff"
    proven: bool = False
    outcomes: set[str] = field(default_factory=set)


def reconcile(since: date) -> Reconciled:
    """Hold the requests against what was recorded from the day of the backup on."""
    told = Reconciled()
    for id, one in _recorded(since).items():
        with transaction.atomic():
            _one(id, one, told)
    told.ended += _carried_out()
    return told


def _carried_out() -> int:
    """Deletions of people who are erased end now, by the next sweep: nothing can be taken back.

    The record cannot tell of them any more: what it said of the person went with them.
    """
    now = clock.now()
    waiting = Request.objects.filter(
        kind="erase", state=State.DELAYED, subject__state=Standing.ERASED, starts__gt=now
    )
    Link.objects.filter(request__in=waiting, kind=Link.Kind.CANCEL).delete()
    return waiting.update(starts=now)


@_recording
def _one(id: UUID, one: _Recorded, told: Reconciled) -> None:
    request = Request.objects.select_for_update().filter(pk=id).first()
    then = next((_ENDS[word] for word in sorted(one.outcomes & _ENDS.keys())), None)
    if request is not None:
        if then is not None and request.state in OPEN and may(request.state, then):
            told.ended += move(request, then)
    elif one.proven and not one.outcomes and one.right in _TAKEN_UP and _is_active(one.subject):
        if _take_up(id, one):
            told.taken_up += 1
        else:
            told.lost += 1


def _take_up(id: UUID, one: _Recorded) -> bool:
    """The request again, as proven now. False where the site's address is not known."""
    base = promises.current().policy.meta.url or _known_base()
    if not base:
        return False
    posted = promises.current()
    way: Any = one.way
    right: Any = one.right
    request = Request(
        id=id, kind=one.right, channel=one.way, version=posted.ordinal, base=base.rstrip("/"),
        asked=one.day,
    )  # fmt: skip
    request.due = kinds.due(posted.policy, one.right, one.day)
    request.save(force_insert=True)
    ledger.record(ledger.Requested(right=right, way=way, row=id), one.subject)
    proving.proven(request, one.subject, Held())
    if one.right == "erase" and not _stood_still(one.subject):
        # The journal restricted the person before: taking the deletion back is to free them.
        Request.objects.filter(pk=id, state__in=OPEN).update(limited=True)
    return True


def _recorded(since: date) -> dict[UUID, _Recorded]:
    found: dict[UUID, _Recorded] = {}
    wanted: tuple[type[_Step], ...] = (ledger.Requested, ledger.Progressed, ledger.Answered)
    for day, subject, event in ledger.told_since(since, wanted):
        if event.row is None:
            continue
        one = found.setdefault(event.row, _Recorded(subject, day))
        one.right = event.right
        if isinstance(event, ledger.Requested):
            one.way = event.way
        elif isinstance(event, ledger.Progressed):
            one.proven = True
        else:
            one.outcomes.add(event.outcome)
    return found


def _is_active(subject: UUID) -> bool:
    return Subject.objects.filter(pk=subject, state=Standing.ACTIVE).exists()


def _stood_still(subject: UUID) -> bool:
    """Whether the person asked for a standstill, too."""
    return Request.objects.filter(subject=subject, kind="restrict", state=State.DONE).exists()


def _known_base() -> str:
    """Where the site stood when somebody asked last."""
    return Request.objects.order_by("-asked").values_list("base", flat=True).first() or ""
