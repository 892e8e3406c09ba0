"""Moving a request from one state to the next: by compare-and-swap, on record, once.

Rules: two people (or workers) who move the same request at once: one does, the other is told that
it was done; the move and its event are one transaction; a request that ends sets its person free of
the restriction that it brought, and drops the links that belonged to it.
"""

from typing import Any
from uuid import UUID

from kept import ledger, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.rights.errors import NO_MOVE
from kept.keepers.rights.kinds import right_of
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.states import OVER, State, may
from kept.vault.models import State as Standing
from kept.vault.models import Subject

_PROGRESS = {State.VERIFIED, State.DELAYED, State.WORKING}


@ledger.flow(may=[ledger.Progressed, ledger.Answered, ledger.Restricted])
def move(request: Request, then: State, *, outcome: str = "", **values: Any) -> bool:
    """Move `request`; False where it stands elsewhere by now. Raises `KeptError` R005.

    `outcome`: more about an end. `values`: further columns to set with the state.
    """
    if not may(request.state, then):
        raise KeptError(NO_MOVE, f"from `{request.state}` to `{then}`")
    changed: dict[str, Any] = {"state": then, "outcome": outcome, **values}
    if then in OVER:
        changed |= {"closed": clock.today(), "lease": None, "again": None}
    if not Request.objects.filter(pk=request.pk, state=request.state).update(**changed):
        return False
    for name, value in changed.items():
        setattr(request, name, value)
    _record(request, then, outcome)
    if then in OVER:
        _end(request)
    return True


def free(request: Request) -> None:
    """End the restriction that this request brought, if it did."""
    if not request.limited or request.subject_id is None:
        return
    Request.objects.filter(pk=request.pk).update(limited=False)
    request.limited = False
    if Subject.objects.filter(pk=request.subject_id, state=Standing.ACTIVE).exists():
        vault.set_limits(request.subject_id, restricted=False)
        ledger.record(ledger.Restricted(state="free"), request.subject_id)


def _end(request: Request) -> None:
    """Links that asked or offered something are over; a copy can still be fetched."""
    stays = (Link.Kind.FETCH, Link.Kind.TOLD)
    Link.objects.filter(request=request).exclude(kind__in=stays).delete()
    free(request)


def _record(request: Request, then: State, outcome: str) -> None:
    right: Any = right_of(request.kind)
    subject = _known(request.subject_id)
    row = request.pk if subject is not None else None
    if then in _PROGRESS:
        state: Any = then.value
        ledger.record(ledger.Progressed(right=right, state=state, row=row), subject)
        return
    word: Any = outcome if then is State.DONE and outcome else then.value
    word = "same" if outcome == "same" else word
    ledger.record(
        ledger.Answered(
            right=right, outcome=word, row=row, expected=request.expected, reached=request.reached
        ),
        subject,
    )


def _known(subject: UUID | None) -> UUID | None:
    """The person, where their events can still be sealed; an erased one has no key."""
    if subject is None:
        return None
    active = Subject.objects.filter(pk=subject, state=Standing.ACTIVE).exists()
    return subject if active else None
