"""Run a job: alone, and on record whether it did its work.

Rules: that it began is written before it does anything, so that a run that was cut off is seen and
not started over at once; a job that fails stops no other; of an error only what says nothing about
a person is kept: our own message, masked, else the error's kind.
"""

import logging
from datetime import datetime
from enum import Enum
from time import monotonic

from django.db import close_old_connections

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.conf.logs import masked
from kept.schedule import locks
from kept.schedule.due import due
from kept.schedule.errors import BUSY, FAILED
from kept.schedule.models import Runs
from kept.schedule.registry import Job, named, registered
from kept.schedule.standing import State, state_of

_log = logging.getLogger("kept.schedule")
_TEXT = 300


class Outcome(Enum):
    """What became of an attempt to run a job."""

    DONE = "done"
    FAILED = "failed"
    BUSY = "busy"
    EARLY = "early"


def run(name: str) -> State:
    """Run a job now, due or not. Raises `KeptError` K011 (no such), K012 (busy), K013 (failed)."""
    job = named(name)
    outcome = attempt(job)
    state = state_of(job)
    if outcome is Outcome.BUSY:
        raise KeptError(BUSY, f"`{name}`")
    if outcome is Outcome.FAILED:
        raise KeptError(FAILED, f"`{name}`: {state.error}")
    return state


def run_due() -> int:
    """Run every job that is due, one after the other; how many did their work."""
    return sum(attempt(job, if_due=True) is Outcome.DONE for job in due_jobs())


def due_jobs() -> list[Job]:
    """The jobs that are due now."""
    known = {runs.name: runs for runs in Runs.objects.all()}
    return [job for job in registered() if _is_due(job, known.get(job.name) or _seen(job))]


def attempt(job: Job, *, if_due: bool = False) -> Outcome:
    """Run `job` unless it runs elsewhere; with `if_due` only where it is due still."""
    with locks.alone(job.name) as mine:
        if not mine:
            return Outcome.BUSY
        runs = _seen(job)
        if if_due and not _is_due(job, runs):
            return Outcome.EARLY
        _began(runs, clock.now())
        begun = monotonic()
        try:
            told = job.function() or ""
        except Exception as error:  # whatever it is, it is that job's failure and on record
            _ended(runs, begun, error=_plain(error))
            _log.error("%s failed (%s in a row): %s", job.name, runs.failures, runs.error)
            return Outcome.FAILED
        _ended(runs, begun, told=told)
        return Outcome.DONE


def _is_due(job: Job, runs: Runs) -> bool:
    now = clock.now()
    moment = due(job, runs, now)
    return moment is not None and moment <= now


def _seen(job: Job) -> Runs:
    return Runs.objects.get_or_create(name=job.name, defaults={"since": clock.now()})[0]


def _began(runs: Runs, now: datetime) -> None:
    if runs.started is not None:  # the run before was cut off: nobody holds its lock
        runs.failed, runs.failures, runs.error = runs.started, runs.failures + 1, "cut off"
        _log.warning("%s was cut off and is run again", runs.name)
    runs.started = now
    runs.save()


def _ended(runs: Runs, begun: float, *, told: str = "", error: str = "") -> None:
    close_old_connections()
    runs.seconds = round(monotonic() - begun, 3)
    if error:
        runs.failed, runs.failures, runs.error = runs.started, runs.failures + 1, error
    else:
        runs.succeeded, runs.failures, runs.told = runs.started, 0, masked(told)[:_TEXT]
    runs.started = None
    runs.save()


def _plain(error: Exception) -> str:
    if isinstance(error, KeptError):
        return masked(str(error))[:_TEXT]
    return type(error).__name__
