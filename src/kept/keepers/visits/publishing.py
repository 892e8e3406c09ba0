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
    """Delete the batches whose keep is over; how many."""
    return store.delete_before(first_that_stays(clock.today()))


def first_that_stays(today: date) -> date:
    """The earliest day whose batches are not due on `today`.

    Of the versions from the one that a day was recorded under to the one in force, the one that
    ends first counts; a version without the clause keeps nothing.
    """
    versions = promises.so_far()
    found = date.min
    for index, version in enumerate(versions):
        visits = version.policy.visits
        period = visits.keep.period if visits else None
        if visits is None:
            over = today + timedelta(days=1)
        else:
            over = first_kept(period, today) if period else date.min
        if index + 1 < len(versions):
            over = min(over, versions[index + 1].began)
        found = max(found, over)
    return found


def first_kept(period: Period, today: date) -> date:
    """The earliest day whose data is not due yet on `today` under that period."""
    last = period.begun_by(today)
    return last + timedelta(days=1) if last else date.min
