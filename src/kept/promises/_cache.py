"""What is in force, compiled once per process, and how a process learns of a new posting.

Rules: the gate never touches the database while it decides; another process's posting is seen
through the stamp file in the data root within `_LOOK_EVERY` seconds; midnight (an effective date
passing) is seen at once.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Lock
from typing import NamedTuple

from django.db import connections

from kept import gate
from kept._kit import clock
from kept.conf import settings
from kept.promises.values import Posted

_LOOK_EVERY = 0.5


class InForce(NamedTuple):
    """The version in force and the gate compiled up to it."""

    posted: Posted
    gate: gate.Gate
    versions: tuple[Posted, ...]
    """Every version that came into force, up to the one that is."""
    coming: Posted | None = None
    """The version that was posted last and waits for its day."""
    mark: str = ""
    """Differs after every posting and withdrawal."""


class _State(NamedTuple):
    value: InForce
    day: date
    stamp: int


_lock = Lock()
_state: _State | None = None
_looked = 0.0


def of_now(compile: Callable[[], InForce]) -> InForce:
    """What is in force now; `compile` is called only when something changed."""
    state = _state
    if state is not None and state.day == clock.today() and not _changed(state):
        return state.value
    with _lock:
        return _renew(compile)


def touch() -> None:
    """Tell this process and, through the stamp file, every other one that a version was posted."""
    forget()
    path = settings().data / "policy.stamp"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(str(time.time_ns()).encode())


def forget() -> None:
    """Compile anew at the next question."""
    global _state  # noqa: PLW0603 - one policy per process is the point
    _state = None


def _changed(state: _State) -> bool:
    global _looked  # noqa: PLW0603 - when this process last looked at the stamp
    moment = time.monotonic()
    if moment - _looked < _LOOK_EVERY:
        return False
    _looked = moment
    return _stamp() != state.stamp


def _stamp() -> int:
    try:
        return (settings().data / "policy.stamp").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _renew(compile: Callable[[], InForce]) -> InForce:
    global _state  # noqa: PLW0603 - see forget()
    stamp = _stamp()
    value = _outside_event_loop(compile)
    _state = _State(value, clock.today(), stamp)
    return value


def _outside_event_loop(compile: Callable[[], InForce]) -> InForce:
    """Django refuses queries inside a running event loop, so there they run in a thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return compile()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_and_close, compile).result()


def _and_close(compile: Callable[[], InForce]) -> InForce:
    try:
        return compile()
    finally:
        connections.close_all()
