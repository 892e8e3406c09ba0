"""The supervisor, with real processes and real signals."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_MAIN = """
import json, sys
from kept.cli._supervisor import Program, Supervisor
def tell(event):
    print(json.dumps([event.kind, event.name, event.pid, event.how, event.after]), flush=True)
programs = [Program(name, [sys.executable, "-c", text]) for name, text in json.loads(sys.argv[1])]
Supervisor(programs, tell, grace=float(sys.argv[2])).run()
"""
_SLEEPER = "import time; time.sleep(600)"
_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);time.sleep(600)"
_SLOW_TO_END = (
    "import signal, sys, time\n"
    "def end(*_):\n    time.sleep(0.5); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end)\ntime.sleep(600)"
)


class Run:
    """A supervisor in a process of its own, and what it told."""

    def __init__(self, programs: list[tuple[str, str]], grace: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, json.dumps(programs), str(grace)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def next(self, kind: str) -> dict[str, object]:
        """The next event of this kind; earlier ones are skipped."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = dict(
                zip(("kind", "name", "pid", "how", "after"), json.loads(line), strict=True)
            )
            if event["kind"] == kind:
                return event
        raise AssertionError(f"the supervisor ended without `{kind}`")


@pytest.fixture
def supervise() -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*programs: tuple[str, str], grace: float = 5) -> Run:
        runs.append(Run(list(programs), grace))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()


def _alive(pid: object) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _gone(pid: object, within: float = 5) -> bool:
    deadline = time.monotonic() + within
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _alive(pid)


def test_a_killed_child_is_told_and_started_again(supervise) -> None:
    run = supervise(("a", _SLEEPER))
    first = run.next("started")
    os.kill(int(first["pid"]), signal.SIGKILL)
    died = run.next("died")
    assert (died["pid"], died["how"], died["after"]) == (first["pid"], "signal SIGKILL", 0.5)
    again = run.next("started")
    assert again["pid"] != first["pid"]
    assert _alive(again["pid"])


def test_a_child_that_keeps_dying_is_started_ever_later(supervise) -> None:
    run = supervise(("a", "raise SystemExit(3)"))
    deaths = [run.next("died") for _ in range(3)]
    assert [died["after"] for died in deaths] == [0.5, 1.0, 2.0]
    assert deaths[0]["how"] == "exit code 3"


def test_what_a_dead_child_started_dies_with_it(supervise, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    parent = (
        "import subprocess, sys, time, pathlib\n"
        f"child = subprocess.Popen([sys.executable, '-c', {_SLEEPER!r}])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\ntime.sleep(600)"
    )
    run = supervise(("a", parent))
    first = run.next("started")
    while not note.exists() or not note.read_text():
        time.sleep(0.02)
    grandchild = int(note.read_text())
    os.kill(int(first["pid"]), signal.SIGKILL)
    run.next("died")
    assert _gone(grandchild)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_children_finish(supervise, number: signal.Signals) -> None:
    run = supervise(("slow", _SLOW_TO_END), ("quick", _SLEEPER))
    pids = [run.next("started")["pid"] for _ in range(2)]
    time.sleep(0.3)  # until the slow one has its handler
    run.process.send_signal(number)
    ended = {event["name"]: event["how"] for event in (run.next("ended"), run.next("ended"))}
    assert ended == {"slow": "exit code 0", "quick": "signal SIGTERM"}
    assert run.process.wait(5) == 0
    assert all(_gone(pid) for pid in pids)


def test_a_child_that_does_not_end_is_killed_after_the_grace(supervise) -> None:
    run = supervise(("deaf", _STUBBORN), grace=0.3)
    pid = run.next("started")["pid"]
    time.sleep(0.3)
    run.process.send_signal(signal.SIGTERM)
    assert run.next("killed")["pid"] == pid
    assert run.process.wait(5) == 0
    assert _gone(pid)


def test_a_later_second_signal_does_not_wait(supervise) -> None:
    run = supervise(("deaf", _STUBBORN), grace=60)
    run.next("started")
    time.sleep(0.3)
    run.process.send_signal(signal.SIGINT)
    time.sleep(1.2)
    run.process.send_signal(signal.SIGINT)
    assert run.next("killed")["name"] == "deaf"
    assert run.process.wait(5) == 0


def test_two_signals_at_once_are_one_wish(supervise) -> None:
    """A terminal and `make` both send one."""
    run = supervise(("slow", _SLOW_TO_END))
    run.next("started")
    time.sleep(0.3)
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    run.process.send_signal(signal.SIGTERM)
    assert run.next("ended")["how"] == "exit code 0"


def test_children_see_their_input_close_when_the_supervisor_is_killed(supervise) -> None:
    run = supervise(("a", "import sys; sys.stdin.read()"))
    pid = run.next("started")["pid"]
    run.process.kill()
    assert _gone(pid)
