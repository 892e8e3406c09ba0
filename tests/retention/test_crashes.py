"""Killed at any step, a sweep loses nothing, leaves nothing and counts nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from kept.keepers.forms.models import Submission
from kept.keepers.retention import sweeping
from kept.keepers.retention.models import Sweep
from kept.vault.keystore import keystore
from kept.vault.models import Subject
from tests.retention.conftest import at
from tests.retention.test_sweeping import expired

PROGRAM = """
import os, signal
import django
django.setup()
from kept import ledger, vault
from kept.keepers.retention import pace, removing, sweeping
from kept.vault import leaving
from tests.retention.conftest import at

def killed(module, name, after, times=1):
    real, left = getattr(module, name), [times]
    def deadly(*args, **named):
        left[0] -= 1
        if not after and not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        found = real(*args, **named)
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    setattr(module, name, deadly)

pace._FIRST = pace._LEAST = pace._MOST = 3
sweeping.Pace.__init__.__defaults__ = (3,)
sweeping._PEOPLE = 3
{step}
print("begun", flush=True)
with at("2026-02-28"):
    sweeping.sweep()
"""
STEPS = {
    "rows-deleted-not-committed": "killed(removing.Remover, 'some', True)",
    "some-committed": "killed(sweeping, '_batch', True, 2)",
    "nobody-buried-yet": "killed(leaving.leaving, 'bury', False)",
    "keys-gone-subjects-there": "killed(leaving.leaving, 'bury', True)",
    "subjects-gone-record-not-emptied": "killed(leaving, '_bury', True)",
    "second-round-of-people": "killed(leaving.leaving, 'bury', True, 2)",
}
PEOPLE = 8


@pytest.fixture
def world(transactional_db, inquire):
    """Eight people whose inquiries are over, and one whose is not."""
    for number in range(PEOPLE):
        inquire("2024-02-28", f"p{number}@example.org")
    return inquire("2026-01-01", "stays@example.org")


def process(step: str = "") -> subprocess.Popen:
    connection.close()
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(step=step)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def all_is_well(stays) -> bool:
    """After one more sweep."""
    with at("2026-02-28"):
        sweeping.sweep()
    assert list(Submission.objects.values_list("pk", flat=True)) == [stays.pk]
    assert list(Subject.objects.values_list("pk", flat=True)) == [stays.subject_id]
    assert expired() == {"inquiry": PEOPLE}
    left = keystore().keys.fetch_of([stays.subject_id])
    assert left
    rows = keystore().database.read(
        "SELECT COUNT(*) FROM subject_key WHERE keep = 'p2y' AND subject <> ?",
        (stays.subject_id.bytes,),
    )
    assert rows == [(0,)]
    assert not Sweep.objects.filter(ended=None).exists()
    return True


@pytest.fixture(autouse=True)
def _no_keys_of_other_tests(db):
    with keystore().database.write() as writer:
        for table in ("subject_key", "identifier"):
            writer.run(f"DELETE FROM {table}")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(world, step):
    killed = process(STEPS[step])
    assert killed.wait(60) == -signal.SIGKILL
    assert all_is_well(world)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_moment(world, seed):
    killed = process()
    assert killed.stdout.readline() == "begun\n"
    time.sleep(random.Random(seed).uniform(0.0, 0.25))
    killed.kill()
    killed.wait(60)
    assert all_is_well(world)
