"""One step of a request: claimed by one worker, done, and noted; tried again until it is whole.

Rules: each step can be done again after a crash at any point; what fails is noted by kind, shown,
and tried again, at last every half day, for ever; a delay that the clock says was over long ago
unseen (a standstill, or a clock that jumped) begins anew, once told to its person; one that ends
farther off than the policy lets it was set under a wrong clock and begins anew too.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.rights import flows, proving, queue
from kept.keepers.rights.doing import erasing, stopping
from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.moving import move
from kept.keepers.rights.package import offering
from kept.keepers.rights.result import LaterError, Result
from kept.keepers.rights.states import UNDER_WAY, State
from kept.keepers.sharing.queueing import PAUSES
from kept.vault.models import State as Standing

LEASE = timedelta(minutes=15)
LATE = timedelta(days=2)
"""How long after its moment a delay still counts as waited for."""
_FARTHEST = timedelta(days=1)
log = logging.getLogger("kept.rights")

_CARRY: dict[str, Callable[[Request], Result]] = {
    "access": offering.carry,
    "export": offering.carry,
    "cease": stopping.cease,
    "unsubscribe": stopping.unsubscribe,
    "restrict": stopping.restrict,
    "unrestrict": stopping.unrestrict,
    "erase": erasing.carry,
}


def go_on(id: UUID) -> tuple[str, int]:
    """Take the request a step further; the state it is in then, seconds until the next step."""
    request = _claim(id)
    if request is None:
        return "nothing", 0
    try:
        seconds = _step(request)
    except LaterError as error:
        seconds = _failed(request, error.kind)
    except Exception as error:  # whatever it is, the request is not lost, and its text not kept
        kind = error.code.id if isinstance(error, KeptError) else type(error).__name__
        log.exception("request %s", request.pk)
        seconds = _failed(request, kind)
    Request.objects.filter(pk=request.pk).update(lease=None)
    return request.state, seconds


def _claim(id: UUID) -> Request | None:
    now = clock.now()
    free = Q(lease=None) | Q(lease__lte=now) | Q(lease__gt=now + 2 * LEASE)
    due = Q(again=None) | Q(again__lte=now) | Q(again__gt=now + _FARTHEST)
    rows = Request.objects.filter(free, due, pk=id, state__in=UNDER_WAY)
    return Request.objects.get(pk=id) if rows.update(lease=now + LEASE) else None


def _step(request: Request) -> int:
    if request.kind != "erase" and not _is_active(request):
        move(request, State.CANCELLED, outcome="erased")
        return 0
    if request.state == State.VERIFIED and request.kind == "erase":
        return _delay(request)
    if request.state == State.DELAYED:
        seconds = _waits(request)
        if seconds or not move(request, State.WORKING):
            return seconds
    if request.state == State.VERIFIED and not move(request, State.WORKING):
        return 0
    if KINDS[request.kind].answered:
        return 0  # it waits for the person
    return _finish(request, _CARRY[request.kind](request))


def _delay(request: Request) -> int:
    """Tell every channel, and wait."""
    with transaction.atomic():
        if not move(request, State.DELAYED):
            return 0
        for link in erasing.announce(request):
            queue.mail(link)
    return _seconds(request.starts)


def _waits(request: Request) -> int:
    """Seconds until a delay is over, 0 where it is; a clock that jumped costs nobody their data."""
    now = clock.now()
    starts = request.starts
    assert starts is not None  # noqa: S101 - set when it was verified
    longest = proving.starts(request)
    if starts > longest or (now - starts > LATE and request.attempts == 0):
        _wait_anew(request, longest)
        return _seconds(longest)
    return _seconds(starts)


def _wait_anew(request: Request, starts: datetime) -> None:
    """Once: `attempts` says that it was done."""
    with transaction.atomic():
        Link.objects.filter(request=request, kind=Link.Kind.CANCEL).delete()
        Request.objects.filter(pk=request.pk).update(starts=starts, attempts=1)
        request.starts = starts
        for link in erasing.announce(request):
            queue.mail(link)


def _finish(request: Request, result: Result) -> int:
    counts: dict[str, Any] = {"expected": result.expected, "reached": result.reached}
    if not result.whole:
        Request.objects.filter(pk=request.pk).update(**counts)
        return _failed(request, ", ".join(result.failed) or "not everything was reached")
    request.expected, request.reached = result.expected, result.reached
    with transaction.atomic():
        if move(request, State.DONE, failure="", **counts) and result.details:
            flows.tell(request, Held(word="done", details=result.details))
    return 0


def _failed(request: Request, kind: str) -> int:
    pause = PAUSES[min(request.attempts, len(PAUSES) - 1)]
    # A second earlier than the queue comes back, so that it finds the request free.
    again = clock.now() + timedelta(seconds=pause - 1)
    Request.objects.filter(pk=request.pk).update(
        failure=kind[:300], attempts=request.attempts + 1, again=again
    )
    return pause


def _seconds(moment: datetime | None) -> int:
    left = 0 if moment is None else (moment - clock.now()).total_seconds()
    return max(0, int(left) + 1) if left > 0 else 0


def _is_active(request: Request) -> bool:
    return request.subject is not None and request.subject.state == Standing.ACTIVE
