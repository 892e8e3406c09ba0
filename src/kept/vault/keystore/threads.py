"""One connection per thread and process: never shared, never carried over a fork.

Rule: what a parent opened is set aside in a forked child and not closed there, because closing it
would release the parent's locks (SQLite) or end the parent's session (PostgreSQL).
"""

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerThread(Generic[T]):
    """Gives each thread its own `T`, made on first use."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._local = make, threading.local()
        self._set_aside: list[T] = []

    def get(self) -> T:
        """The calling thread's `T`."""
        local, process = self._local, os.getpid()
        if getattr(local, "process", None) != process:
            if hasattr(local, "made"):
                self._set_aside.append(local.made)
            local.made, local.process = self._make(), process
        made: T = local.made
        return made

    def forget(self) -> T | None:
        """Let the calling thread make a new one next time; the old one, for the caller to close."""
        old: T | None = getattr(self._local, "made", None)
        self._local.__dict__.clear()
        return old
