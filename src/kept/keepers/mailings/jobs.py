"""The jobs of mailings. Their only arguments are a number or a random id."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django_tasks import task

from kept._kit import clock
from kept.keepers.consent.confirming import Unproved


@task()
def send(mailing: int) -> int:
    """Queue its messages; how many."""
    from kept.keepers.mailings import sending

    return sending.send(mailing)


def enqueue(mailing: int) -> None:
    """Queue the job once the present transaction is committed."""
    transaction.on_commit(lambda: send.enqueue(mailing))


@task()
def write(asked: str) -> str:
    """Ask the holder of an address. Gives the kind of outcome."""
    from kept.keepers.mailings import confirming

    outcome = confirming.write(UUID(asked))
    if outcome.again:
        _enqueue(UUID(asked), seconds=outcome.again)
    return outcome.word


def ask(unproved: Unproved) -> None:
    """Keep what was ticked, and queue the mail to the holder with the present transaction."""
    from kept.keepers.mailings import asking

    with transaction.atomic():
        _enqueue(asking.begin(unproved))


def _enqueue(asked: UUID, *, seconds: int = 0) -> None:
    """A queue that cannot wait leaves it at the first attempt."""
    job = write
    if seconds:
        if not write.get_backend().supports_defer:
            return
        job = write.using(run_after=clock.now() + timedelta(seconds=seconds))
    transaction.on_commit(lambda: job.enqueue(str(asked)))
