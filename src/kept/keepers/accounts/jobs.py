"""The jobs of accounts. Their only arguments are random ids: a queue's row tells nothing.

Rules: whether an address is known is looked up here, after the visitor has had their answer, so
that no page and no time of an answer tells it.
"""

from datetime import timedelta
from uuid import UUID

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


def enqueue(link: UUID, *, seconds: int = 0) -> None:
    """Queue the mail once the present transaction is committed, to be sent in `seconds`."""
    job = write
    if seconds:
        if not write.get_backend().supports_defer:
            return
        job = write.using(run_after=clock.now() + timedelta(seconds=seconds))
    transaction.on_commit(lambda: job.enqueue(str(link)))
