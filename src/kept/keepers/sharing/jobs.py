"""The jobs that send. Their only argument is an id: a queue's row tells nothing.

Rules: an exception's text may hold an address (SMTP errors do), and queues keep tracebacks; so
nothing but the kind of a failure leaves these functions.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks import task

from kept._kit import clock
from kept.keepers.sharing import outcomes


@task()
def deliver(mail: str) -> str:
    """Send the mail of that id, if it is waiting. Gives the kind of outcome."""
    from kept.keepers.sharing import delivering

    return _done(deliver, mail, delivering.deliver(UUID(mail)))


@task()
def give(disclosure: str) -> str:
    """Give the data of that disclosure, if it is waiting. Gives the kind of outcome."""
    from kept.keepers.sharing import giving

    return _done(give, disclosure, giving.deliver(UUID(disclosure)))


@task()
def tell(telling: str) -> str:
    """Tell that recipient, if they are waiting to be told. Gives the kind of outcome."""
    from kept.keepers.sharing import telling as room

    return _done(tell, telling, room.deliver(UUID(telling)))


def enqueue(mail: UUID, *, seconds: int = 0) -> None:
    """Queue the mail once the present transaction is committed, to be sent in `seconds`.

    A queue that cannot wait leaves later attempts to `flows.resume`.
    """
    _enqueue(deliver, str(mail), seconds)


def enqueue_disclosure(disclosure: UUID) -> None:
    """Queue a disclosure, as `enqueue` does."""
    _enqueue(give, str(disclosure), 0)


def enqueue_telling(telling: UUID) -> None:
    """Queue a telling, as `enqueue` does."""
    _enqueue(tell, str(telling), 0)


def _done(job: Any, id: str, outcome: object) -> str:
    if isinstance(outcome, outcomes.Later):
        _enqueue(job, id, outcome.seconds)
    return type(outcome).__name__.lower()


def _enqueue(job: Any, id: str, seconds: int) -> None:
    if seconds:
        if not job.get_backend().supports_defer:
            return
        job = job.using(run_after=clock.now() + timedelta(seconds=seconds))
    transaction.on_commit(lambda: job.enqueue(id))
