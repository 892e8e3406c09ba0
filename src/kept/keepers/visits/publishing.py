"""Publishing a batch, and forgetting what has been kept long enough.

Rules: a batch is on record in the ledger as two counts; every publication also deletes what the
policy no longer keeps, so that the deletion cannot be forgotten while visits come in.
"""

from datetime import date, timedelta

from kept import ledger, promises
from kept._kit import clock
from kept.keepers.visits import store
from kept.keepers.visits.batches import Batch
from kept.policy import Period


@ledger.flow(may=[ledger.VisitsCounted], own_transactions=True)
def publish(batch: Batch | None, closed: float) -> None:
    """Store a batch under the fixed time `closed`, record its counts, delete what is due."""
    if batch is not None:
        store.publish(batch, closed)
        counts = ledger.VisitsCounted(views=batch.pages.total(), dropped=batch.dropped)
        ledger.record_now(counts, None)
    forget_due()


def forget_due() -> int:
    """Delete the batches whose keep is over; how many. Without a clause every one is due."""
    visits = promises.current().policy.visits
    if visits is None:
        return store.delete_before(clock.today() + timedelta(days=1))
    period = visits.keep.period
    return 0 if period is None else store.delete_before(first_kept(period, clock.today()))


def first_kept(period: Period, today: date) -> date:
    """The earliest day whose data is not due yet on `today`."""
    day = today - timedelta(days=int(period.rough_days) + 3)
    while period.after(day) <= today:
        day += timedelta(days=1)
    return day
