"""Where steps and mails wait for a worker: named here, done by `jobs`, which stands above them.

Rules: a job is queued once the present transaction is committed; its only argument is a random id;
one that is lost is taken up again by the clock (`sweeping`).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from kept._kit import clock

_jobs: dict[str, Any] = {}


def does(name: str, job: Any) -> None:
    """Name the task that does `mail` or `step`; when the app is ready."""
    _jobs[name] = job


def mail(link: UUID, *, seconds: int = 0) -> None:
    """Have the mail of a link sent, in `seconds`."""
    _later("mail", link, seconds)


def step(request: UUID, *, seconds: int = 0) -> None:
    """Have a request's next step done, in `seconds`."""
    _later("step", request, seconds)


def _later(name: str, id: UUID, seconds: int) -> None:
    job = _jobs[name]
    if seconds:
        if not job.get_backend().supports_defer:
            return  # the clock's own sweep takes it up
        job = job.using(run_after=clock.now() + timedelta(seconds=seconds))
    transaction.on_commit(lambda: job.enqueue(str(id)))
