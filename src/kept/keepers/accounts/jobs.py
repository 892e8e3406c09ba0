"""The jobs of accounts. Their only arguments are random ids: a queue's row tells nothing.

Rules: whether an address is known is looked up here, after the visitor has had their answer, so
that no page and no time of an answer tells it.
"""

from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django_tasks import task

from kept._kit import clock


@task()
def write(link: str) -> str:
    """Send the mail that a link, or a notice, is for. Gives the kind of outcome."""
    from kept.keepers.accounts import writing

    outcome = writing.write(UUID(link))
    if outcome.again:
        enqueue(UUID(link), seconds=outcome.again)
    return outcome.word


@task()
def sweep() -> str:
    """Remove what is over, and come again in an hour where the queue can wait."""
    from kept.keepers.accounts import sweeping

    gone = sweeping.sweep()
    _again()
    return str(gone)


def keep_sweeping() -> None:
    """Sweep now, and every hour from then on. At start-up; one chain of jobs however often."""
    from kept.keepers.accounts import sweeping

    sweeping.sweep()
    _again()


def _again() -> None:
    """Queue the next sweep unless one waits. A queue that cannot wait leaves it to start-up."""
    if sweep.get_backend().supports_defer and not _waits():
        sweep.using(run_after=clock.now() + timedelta(hours=1)).enqueue()


def _waits() -> bool:
    """Whether a sweep is queued; another queue than the database's is not asked."""
    if not apps.is_installed("django_tasks_db"):
        return False
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    rows = DBTaskResult.objects.filter(task_path=sweep.module_path)
    return rows.filter(status=TaskResultStatus.READY).exists()


def enqueue(link: UUID, *, seconds: int = 0) -> None:
    """Queue the mail once the present transaction is committed, to be sent in `seconds`."""
    job = write
    if seconds:
        if not write.get_backend().supports_defer:
            return
        job = write.using(run_after=clock.now() + timedelta(seconds=seconds))
    transaction.on_commit(lambda: job.enqueue(str(link)))
