"""The scheduler's process: `python -m kept.schedule.runner`, started and watched by `kept serve`.

Rules: a long job keeps no other waiting; asked to end (SIGTERM, SIGINT) nothing new is begun and
what runs may finish; several of these processes, on one host or many, do each job once.
"""

import logging
import signal
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType

import django
from django.apps import apps
from django.db import close_old_connections, connections

from kept.schedule.registry import Job
from kept.schedule.running import attempt, due_jobs

INTERVAL = 10.0
"""Seconds between two looks at what is due."""
AT_ONCE = 4
"""Jobs that run beside each other, at most."""

_log = logging.getLogger("kept.schedule")


def main() -> int:
    """Run until asked to end."""
    if not apps.ready:
        django.setup()
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="schedule") as pool:
        _run(stop, pool)
    return 0


def _run(stop: threading.Event, pool: ThreadPoolExecutor) -> None:
    running: dict[str, Future[None]] = {}
    while not stop.is_set():
        close_old_connections()
        running = {name: one for name, one in running.items() if not _over(name, one)}
        for job in due_jobs():
            if job.name not in running:
                running[job.name] = pool.submit(_attempt, job)
        stop.wait(INTERVAL)


def _attempt(job: Job) -> None:
    try:
        attempt(job, if_due=True)
    finally:
        connections.close_all()


def _over(name: str, one: Future[None]) -> bool:
    """Whether it ended; an error here is one of the record itself, not of the job."""
    if one.done() and (error := one.exception()) is not None:
        _log.error("%s could not be run: %s", name, type(error).__name__)
    return one.done()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="schedule: %(message)s")
    sys.exit(main())
