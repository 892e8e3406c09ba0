"""One run of a job at a time, whatever the number of processes and hosts.

Rules: the lock dies with its holder, so that no time-out has to guess whether one still lives: a
file's lock where the database is a file, else the server's advisory lock, on its own connection.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from kept.conf import settings

_SPACE = 0x6B657074
"""First half of our advisory locks' keys: ASCII `kept`."""


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Hold the lock of a job while the block runs; False where another holds it."""
    with _on_server(name) if connection.vendor == "postgresql" else _in_folder(name) as mine:
        yield mine


def is_held(name: str) -> bool:
    """Whether a job is running anywhere."""
    with alone(name) as mine:
        return not mine


@contextmanager
def _in_folder(name: str) -> Iterator[bool]:
    folder = settings().data / "schedule"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


@contextmanager
def _on_server(name: str) -> Iterator[bool]:
    own: Any = connections["default"].copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_SPACE, name])
            (mine,) = cursor.fetchone()
        yield bool(mine)
    finally:
        own.close()
