"""The one clock. All times are aware and in UTC; tests move it, nothing else does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC)


def today() -> date:
    """The present day in UTC: what a ledger leaf or a keep period counts by."""
    return now().date()


@contextmanager
def only_for_testing_at(moment: datetime) -> Iterator[None]:
    """Hold the clock of the whole process at `moment` (aware) while the block runs."""
    global _frozen  # noqa: PLW0603 - one clock per process is the point
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware moments only")
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
