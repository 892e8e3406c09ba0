"""Keep a few programs running: one parent, its children, nothing else.

Rules:
1. a child that ends is started again, after 0.5 s, then twice as long each time, at most 30 s; a
   child that lived a minute starts the count anew; each such moment is told;
2. what a dead child left behind (its process group) is killed before its successor starts;
3. SIGTERM or SIGINT: every child is told to end (SIGTERM), waited for, and killed after `grace`
   seconds; a signal a second or more later kills at once (one sooner is the same wish, sent by a
   terminal and by `make` alike);
4. a child learns that its parent is gone, however that died, by its standard input closing.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal

_FIRST_DELAY, _LONGEST_DELAY, _HEALTHY = 0.5, 30.0, 60.0  # seconds
_ONE_WISH = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a name to show, the words of its command, when to start it (seconds)."""

    name: str
    words: Sequence[str]
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a child. `after` is the delay of a restart, in seconds."""

    kind: Literal["started", "died", "ended", "killed"]
    name: str
    pid: int
    how: str = ""
    after: float = 0.0


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)
    """When to start it (monotonic); meaningful while `process` is None."""


class Supervisor:
    """Runs `programs` until it is signalled. `tell` receives every event."""

    def __init__(
        self,
        programs: Sequence[Program],
        tell: Callable[[Event], None],
        *,
        environment: Mapping[str, str] | None = None,
        grace: float = 10.0,
    ) -> None:
        now = time.monotonic()
        self._children = [_Child(program, due=now + program.after) for program in programs]
        self._tell, self._environment, self._grace = tell, environment, grace
        self._asked_to_stop: float | None = None
        """When (monotonic)."""
        self._impatient = False
        self._wake_reader, self._wake_writer = socket.socketpair()

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then drain. Call it in the main thread."""
        for end in (self._wake_reader, self._wake_writer):
            end.setblocking(False)
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        before[signal.SIGCHLD] = signal.getsignal(signal.SIGCHLD)
        old_writer = signal.set_wakeup_fd(self._wake_writer.fileno())
        for number in before:
            signal.signal(number, self._signalled)
        try:
            while self._asked_to_stop is None:
                self._start_due()
                self._sleep(self._until_next())
                self._bury()
        finally:
            self._drain()
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(old_writer)
            self._wake_reader.close()
            self._wake_writer.close()

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGCHLD:
            return
        now = time.monotonic()
        if self._asked_to_stop is None:
            self._asked_to_stop = now
        self._impatient = now - self._asked_to_stop >= _ONE_WISH

    def _sleep(self, seconds: float) -> None:
        """Until a signal arrives, at most `seconds`."""
        select.select([self._wake_reader], [], [], max(seconds, 0.0))
        with suppress(BlockingIOError):
            self._wake_reader.recv(4096)

    def _until_next(self) -> float:
        waiting = [child.due for child in self._children if child.process is None]
        return min(waiting) - time.monotonic() if waiting else _LONGEST_DELAY

    def _start_due(self) -> None:
        for child in self._children:
            if child.process is None and child.due <= time.monotonic():
                child.process = subprocess.Popen(  # noqa: S603 - our own words, no shell
                    child.program.words,
                    stdout=sys.stderr,  # standard output is the supervisor's
                    stdin=subprocess.PIPE,  # rule 4: never written to, closed when we are gone
                    env=self._environment,
                    start_new_session=True,
                )
                child.since = time.monotonic()
                self._tell(Event("started", child.program.name, child.process.pid))

    def _bury(self) -> None:
        for child in self._children:
            if child.process is None or not _has_ended(child.process):
                continue
            pid, how = child.process.pid, _buried(child.process)
            now = time.monotonic()
            child.failures = 1 if now - child.since > _HEALTHY else child.failures + 1
            delay = min(_FIRST_DELAY * 2 ** (child.failures - 1), _LONGEST_DELAY)
            child.process, child.due = None, now + delay
            self._tell(Event("died", child.program.name, pid, how, delay))

    def _drain(self) -> None:
        running = {c.program.name: c.process for c in self._children if c.process is not None}
        for process in running.values():
            if not _has_ended(process):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        while running and time.monotonic() < deadline and not self._impatient:
            for name, process in list(running.items()):
                if _has_ended(process):
                    self._tell(Event("ended", name, process.pid, _buried(process)))
                    del running[name]
            if running:
                self._sleep(min(1.0, deadline - time.monotonic()))
        for name, process in running.items():
            _kill_group(process)
            self._tell(Event("killed", name, process.pid, _buried(process)))


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the child is a zombie: ended, but its number and its group are still ours."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _buried(process: subprocess.Popen[bytes]) -> str:
    """Kill what the child left, reap it, and say how it ended."""
    _kill_group(process)
    status = process.wait()
    if process.stdin is not None:
        process.stdin.close()
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"
