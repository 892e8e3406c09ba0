"""The sweep by the clock: every hour, so that what people end is over soon.

Rules: whatever was missed is caught up by one run; a run that was cut off is begun again by the
schedule, and the sweep goes on where the data says it stopped.
"""

from datetime import timedelta

from kept import schedule

NAME = "retention.sweep"
EVERY = timedelta(hours=1)


def register() -> None:
    """Register the job; once, when the apps are ready."""
    schedule.register(
        NAME, EVERY, sweep,
        says="Removes what is kept no longer: rows, files, keys, people of whom nothing is left.",
    )  # fmt: skip


def sweep() -> str:
    """Sweep; what it came to."""
    from kept.keepers.retention import sweeping

    done = sweeping.sweep()
    return (
        f"{done.rows} rows, {sum(done.others.values())} others, {done.people} people, "
        f"{done.keys} keys, {done.identifiers} identifiers"
    )
