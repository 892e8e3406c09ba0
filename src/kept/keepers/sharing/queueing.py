"""The queue of what leaves: claimed by one worker at a time, tried again, given up. For any table.

Rules: a claim is one compare-and-swap with a lease, so that two workers never do the same and one
that died is taken over; what is put off or given up changes only while the claim still holds.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Q

from kept._kit import clock
from kept.keepers.sharing.failures import Failure
from kept.keepers.sharing.models import Leaving
from kept.keepers.sharing.outcomes import Failed, Later

LEASE = timedelta(minutes=10)
"""Longer than any attempt: mail servers and webhooks are given up after seconds."""
PAUSES = (60, 300, 1800, 7200, 21600, 43200)
"""Seconds before each further attempt: a day in all."""
GRACE = timedelta(minutes=2)
"""How long after its time something that waits counts as left behind by its queue."""

L = TypeVar("L", bound=Leaving)


def claim(model: type[L], id: UUID) -> L | None:
    """The row, now ours for `LEASE`; None where it does not wait or somebody else is at it."""
    now = clock.now()
    rows = model._default_manager
    free = Q(state="waiting", due_at__lte=now)
    left = Q(state="sending", leased_until__lte=now)
    claimed = rows.filter(free | left, pk=id).update(
        state="sending", leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    return rows.get(pk=id) if claimed else None


def failed(row: Leaving, failure: Failure) -> Later | Failed:
    """Put it off, or give it up until a person says otherwise."""
    if failure.final or row.attempts > len(PAUSES):
        release(row, {"state": "failed", "failure": failure.kind})
        return Failed(failure.kind)
    seconds = PAUSES[row.attempts - 1]
    due = clock.now() + timedelta(seconds=seconds)
    release(row, {"state": "waiting", "failure": failure.kind, "due_at": due})
    return Later(failure.kind, seconds)


def release(row: Leaving, values: Mapping[str, object]) -> bool:
    """End the claim with these values: only while it is ours. An erasure may have come between."""
    rows: Any = type(row)._default_manager
    ours = rows.filter(pk=row.pk, state="sending", attempts=row.attempts)
    return bool(ours.update(leased_until=None, **values))


def left_behind(model: type[Leaving]) -> list[UUID]:
    """What a crash, or a queue that cannot wait, left behind."""
    now = clock.now()
    forgotten = Q(state="waiting", due_at__lte=now - GRACE)
    left = Q(state="sending", leased_until__lte=now)
    return list(model._default_manager.filter(forgotten | left).values_list("pk", flat=True))
