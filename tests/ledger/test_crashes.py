"""Killed at any step, the sequencer loses nothing, doubles nothing and finds nothing wrong."""

import os
import signal
import subprocess
import sys
import time
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from kept.ledger import (
    Collected,
    Opened,
    record_many,
    record_now,
    sealing,
    sequence_once,
)
from kept.ledger import (
    check_at_start as at_start,
)
from kept.ledger import (
    check_whole as whole,
)
from kept.ledger.models import Outbox
from kept.ledger.store import batches, connect, store
from tests.ledger.sealers import FixedSealer

COLLECTED = Collected("inquiry", 0, ("contact.email",))
OPENED = Opened("answer-inquiry", "staff", ("contact.email",))

PROGRAM = """
import os, signal, sys, json
import django
from django.conf import settings
django.setup()
settings.KEPT = {{**settings.KEPT, **json.loads(os.environ["KEPT_TEST_SETTINGS"])}}
from kept.conf import settings as ours
ours.cache_clear()
from kept.ledger import appending, heads, sequencing, sources, wire
from kept.ledger.store import batches, connect, leaves, recorded
from tests.ledger.sealers import FixedSealer
wire(FixedSealer())

def killed(module, name, after):
    real = getattr(module, name)
    def deadly(*args, **named):
        if not after:
            os.kill(os.getpid(), signal.SIGKILL)
        real(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(module, name, deadly)

{steps}
{run}
"""
STEPS = {
    "before-anything": "killed(appending, 'prepare', False)",
    "opened-nothing-locked": "killed(appending, 'prepare', True)",
    "leaves-written": "killed(leaves, 'append', True)",
    "entries-written": "killed(recorded, 'keep', True)",
    "checkpoint-written": "killed(batches, 'add', True)",
    "inbox-emptied": "killed(recorded, 'settle', True)",
    "committed-outbox-untouched": "killed(sources.DataSource, 'settle', False)",
    "outbox-emptied-not-committed": "killed(heads, 'remember', True)",
    "all-done": "killed(sources.DataSource, 'settle', True)",
}


@pytest.fixture
def world(transactional_db, place, settings):
    """An empty ledger that other processes can open, with keys that they can make again."""
    with sealing.only_for_testing(FixedSealer()):
        yield settings


def _process(settings, run: str, steps: str = "") -> subprocess.Popen:
    import json

    connection.close()
    connect.forget()
    given = {"LEDGER": str(settings.KEPT["LEDGER"]), "SECRET": str(settings.KEPT["SECRET"])}
    program = PROGRAM.format(steps=steps, run=run)
    # SECRET is a path in the settings and a text here: the settings take both
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "KEPT_TEST_SETTINGS": json.dumps(given)},
    )


def _record(count: int) -> set[UUID]:
    with transaction.atomic():
        return {
            *record_many([(COLLECTED, uuid4()) for _ in range(count)]),
            record_now(OPENED, uuid4()),
        }


def _marks() -> list[UUID]:
    return [UUID(bytes=bytes(row[0])) for row in store().rows("SELECT mark FROM entry")]


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(world, step):
    marks = _record(5)
    sequence_once()
    marks |= _record(7)
    process = _process(world, "sequencing.sequence_once()", STEPS[step])
    assert process.wait(60) == -signal.SIGKILL
    assert at_start().findings == []
    sequence_once()
    sequence_once()
    found = _marks()
    assert sorted(found) == sorted(marks)
    assert Outbox.objects.count() == 0
    assert whole().findings == []
    assert batches.events_after(store()) == len(marks)


def test_killed_while_writers_write(world):
    """Kill and start again, five times, at no chosen moment."""
    marks: set[UUID] = set()
    for round_ in range(5):
        marks |= _record(30)
        process = _process(world, "while True: sequencing.sequence_once(3)")
        size = batches.latest(store()).number if batches.latest(store()) else 0
        until = time.monotonic() + 60
        while time.monotonic() < until:
            last = batches.latest(store())
            if last and last.number > size + round_:
                break
        process.kill()
        assert process.wait(60) == -signal.SIGKILL
    while sequence_once():
        pass
    assert sorted(_marks()) == sorted(marks)
    assert whole().findings == []


def test_the_process_drains_on_sigterm(world, tmp_path):
    process = _process(world, "from kept.ledger import sequencer; sys.exit(sequencer.main())")
    marks = _record(3)
    until = time.monotonic() + 60
    while not _marks() and time.monotonic() < until:
        time.sleep(0.05)
    marks |= _record(40)
    process.terminate()
    assert process.wait(60) == 0
    assert sorted(_marks()) == sorted(marks)
    assert Outbox.objects.count() == 0
    witness = tmp_path / "secret" / "ledger" / "witness"
    assert {path.stat().st_mode & 0o777 for path in witness.iterdir()} == {0o600}


def test_the_process_refuses_to_sign_over_a_rolled_back_tree(world):
    _record(3)
    sequence_once()
    _record(3)
    sequence_once()
    store().run("DELETE FROM batch WHERE number = 2")
    waiting = _record(1)
    process = _process(world, "from kept.ledger import sequencer; sys.exit(sequencer.main())")
    assert process.wait(60) == 3
    assert batches.latest(store()).number == 1
    assert Outbox.objects.count() == 1
    assert len(waiting) == 2
    assert store().rows("SELECT code FROM finding WHERE code = 'L025'")


def test_the_process_refuses_to_sign_over_leaves_edited_while_it_runs(world):
    process = _process(world, "from kept.ledger import sequencer; sys.exit(sequencer.main())")
    _record(3)
    until = time.monotonic() + 60
    while not _marks() and time.monotonic() < until:
        time.sleep(0.05)
    while sequence_once():
        pass
    store().run("UPDATE bundle SET leaves = %s", (bytes(37),))
    size = batches.latest(store()).size
    _record(1)
    assert process.wait(60) == 3
    assert batches.latest(store()).size == size
    assert store().rows("SELECT code FROM finding WHERE code = 'L023'")
