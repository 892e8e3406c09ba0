"""How each scheduled job stands: for the console, the command line, and promises."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kept._kit import clock
from kept.schedule import locks
from kept.schedule.due import due
from kept.schedule.models import Runs
from kept.schedule.registry import Job, registered


@dataclass(frozen=True, slots=True)
class State:
    """One job, as it stands now. Moments are aware and in UTC."""

    name: str
    says: str
    condition: Literal["never", "good", "running", "failed", "cut off", "off"]
    """`never`: it has not run yet; `off`: the policy does not want it."""
    succeeded: datetime | None
    """When the last run that did its work began."""
    failed: datetime | None
    failures: int
    """In a row, since the last success."""
    due: datetime | None
    seconds: float | None
    """How long the last run that ended took."""
    told: str
    """What the last successful run came to."""
    error: str
    """Why the last run failed; empty where it did not."""

    @property
    def late(self) -> bool:
        """Whether it was due and has not begun."""
        return self.condition != "running" and self.due is not None and self.due < clock.now()


def states() -> tuple[State, ...]:
    """Every registered job's state, by name."""
    known = {runs.name: runs for runs in Runs.objects.all()}
    return tuple(_made(job, known.get(job.name)) for job in registered())


def state_of(job: Job) -> State:
    """One job's state."""
    return _made(job, Runs.objects.filter(name=job.name).first())


def _made(job: Job, runs: Runs | None) -> State:
    moment = due(job, runs, clock.now())
    known = runs or Runs(name=job.name)
    condition = _condition(known, wanted=moment is not None)
    return State(
        name=job.name,
        says=job.says,
        condition=condition,
        succeeded=known.succeeded,
        failed=known.failed,
        failures=known.failures + (condition == "cut off"),
        due=moment,
        seconds=known.seconds,
        told=known.told,
        error=known.error if known.failures else "",
    )


def _condition(
    runs: Runs, *, wanted: bool
) -> Literal["never", "good", "running", "failed", "cut off", "off"]:
    if runs.started is not None:
        return "running" if locks.is_held(runs.name) else "cut off"
    if not wanted:
        return "off"
    if runs.failures:
        return "failed"
    return "never" if runs.succeeded is None else "good"
