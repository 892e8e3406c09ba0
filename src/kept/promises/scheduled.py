"""Promises by the clock: every check runs often enough that no finding grows stale by itself.

Rules: the rhythm is half the shortest proof interval; a broken promise is what the run *found*, not
a failure of the run, so the schedule counts it as done and the finding is shown where states are.
"""

from datetime import timedelta

from kept import schedule
from kept.promises import proving

NAME = "promises.verify"


def register() -> None:
    """Register the job; once, when the apps are ready."""
    schedule.register(NAME, every, verify, says="Looks whether every promise is kept, now.")


def every() -> timedelta:
    """How often all promises are looked at."""
    return min((one.every for one in proving.checks()), default=proving.DAY) / 2


def verify() -> str:
    """Look at every promise; what it came to."""
    from kept.promises import verifying

    done = verifying.verify()
    return (
        f"{done.count('kept')} kept, {done.count('broken')} broken,"
        f" {done.count('unproven')} not proven"
    )
