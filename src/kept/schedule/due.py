"""When a job is due: computed from what is on record, so that a changed policy counts at once.

Rules: after a success, one interval later (a daily or rarer job at its time of day); after
failures, sooner: 5 minutes, then three times as long each time, never longer than the interval;
what was missed while nothing ran is done once, then the rhythm goes on.
"""

from datetime import datetime, timedelta

from kept.schedule.models import Runs
from kept.schedule.registry import Job

FIRST_RETRY = timedelta(minutes=5)
_GROWTH = 3
_DAY = timedelta(days=1)
_MOST = 12
"""Failures after which the wait no longer grows, whatever the interval."""


def due(job: Job, runs: Runs | None, now: datetime) -> datetime | None:
    """When `job` is due next; None where it is not wanted."""
    every = job.interval()
    if every is None:
        return None
    if runs is None:
        return _first(job, now)
    if runs.started is not None:
        return runs.started + backoff(every, runs.failures + 1)
    if runs.failures and runs.failed is not None:
        return runs.failed + backoff(every, runs.failures)
    if runs.succeeded is None:
        return _first(job, runs.since)
    return _after(job, runs.succeeded, every)


def backoff(every: timedelta, failures: int) -> timedelta:
    """How long after the start of the last of so many failures the next try comes."""
    return min(every, FIRST_RETRY * _GROWTH ** (min(failures, _MOST) - 1))


def _first(job: Job, since: datetime) -> datetime:
    if job.at is None:
        return since
    today = datetime.combine(since.date(), job.at, tzinfo=since.tzinfo)
    return today if today >= since else today + _DAY


def _after(job: Job, last: datetime, every: timedelta) -> datetime:
    if job.at is None or every < _DAY:
        return last + every
    return datetime.combine(last.date() + every, job.at, tzinfo=last.tzinfo)
