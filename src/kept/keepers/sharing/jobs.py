"""The job that sends. Its only argument is a mail's id: a queue's row tells nothing.

Rules: an exception's text may hold an address (SMTP errors do), and queues keep tracebacks; so
nothing but the kind of a failure leaves this function.
"""

from uuid import UUID

from django.db import transaction
from django_tasks import task

from kept._kit import clock
from kept.keepers.sharing import outcomes


@task()
def deliver(mail: str) -> str:
    """Send the mail of that id, if it is waiting. Gives the kind of outcome."""
    from kept.keepers.sharing import delivering

    outcome = delivering.deliver(UUID(mail))
    if isinstance(outcome, outcomes.Later):
        enqueue(UUID(mail), seconds=outcome.seconds)
    return type(outcome).__name__.lower()


def enqueue(mail: UUID, *, seconds: int = 0) -> None:
    """Queue the mail once the present transaction is committed, to be sent in `seconds`.

    A queue that cannot wait leaves later attempts to `flows.resume`.
    """
    job = deliver
    if seconds:
        if not deliver.get_backend().supports_defer:
            return
        from datetime import timedelta

        job = deliver.using(run_after=clock.now() + timedelta(seconds=seconds))
    transaction.on_commit(lambda: job.enqueue(str(mail)))
