"""Erasures killed at any moment, two at once, while others read and write: in the end all is gone.

A driver forks the processes that erase and kills them after a random part of the time that one
erasure took, again and again, until each person's is done.
"""

import json
import secrets
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kept import gate
from kept.vault import erasing
from kept.vault.errors import NotStoredError
from kept.vault.keystore import keystore
from kept.vault.models import Erasure, State, Subject
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 3
DRIVER = """
import json, os, random, signal, sys, time
from pathlib import Path
from uuid import UUID
from kept import gate
from kept.vault import erasing
from tests.vault.policies import gate_of
subjects, seed, told = json.loads(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
chance = random.Random(seed)

def begin(subject):
    ready, begun = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(begun, b"x")
            erasing.erase(UUID(subject))
            os._exit(0)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
    os.close(begun)
    os.read(ready, 1)
    os.close(ready)
    return pid

def end(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

kills, failures = 0, 0
with gate.only_for_testing_in_force(gate_of()):
    start = time.monotonic()
    failures += end(begin(subjects[0])) != 0
    took = time.monotonic() - start
    for subject in subjects[1:]:
        reach = 0.1  # the first one took longest: at first none gets through
        for _ in range(40):
            pids = [begin(subject), begin(subject)]
            time.sleep(took * reach * chance.random())
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            codes = [end(pid) for pid in pids]
            kills += codes.count(-signal.SIGKILL)
            failures += codes.count(1)
            reach *= 1.4  # it has to get somewhere, in the end
            if 0 in codes:
                break
told.write_text(json.dumps([kills, failures]))
"""


class Somebody:
    """With rows in three tables."""

    def __init__(self, M: Any) -> None:
        self.email = c.email()
        with gate.purpose("serve"):
            inquiry = M.Inquiry.objects.create(name="Zoe", email=self.email)
            M.LongInquiry.objects.create(subject_id=inquiry.subject_id, name="Zoe")
        M.Note.objects.create(inquiry=inquiry, word="note")
        self.subject, self.inquiry = inquiry.subject_id, inquiry.pk


@pytest.fixture
def M() -> Any:
    from tests.vault.host import models

    return models


class Others:
    """Somebody who reads and somebody who writes, about everyone, as long as it lasts."""

    def __init__(self, M: Any, doomed: list[Somebody], ada: Somebody) -> None:
        self.M, self.doomed, self.ada = M, doomed, ada
        self.stop, self.errors, self.written = threading.Event(), [], 0
        self.threads = [
            threading.Thread(target=self._run, args=[one]) for one in (self.read, self.write)
        ]

    def __enter__(self) -> "Others":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _run(self, work: Any) -> None:
        try:
            while not self.stop.is_set():
                with gate.purpose("serve"):
                    work()
        except BaseException as error:
            self.errors.append(error)
        finally:
            connection.close()
            keystore().database.close()

    def read(self) -> None:
        for row in self.M.Inquiry.objects.filter(pk__in=[one.inquiry for one in self.doomed]):
            both = (row.name, row.email)
            hidden = [isinstance(one, gate.Sealed) for one in both]
            assert all(hidden) or (not any(hidden) and both[0] == "Zoe"), both
        assert self.M.Inquiry.objects.get(pk=self.ada.inquiry).name == "Zoe"

    def write(self) -> None:
        self.M.Inquiry.objects.create(subject_id=self.ada.subject, name="More")
        self.written += 1
        for one in self.doomed:
            try:
                self.M.Inquiry.objects.create(subject_id=one.subject, name="More")
            except NotStoredError:
                continue


def test_killed_at_any_moment_while_others_work_it_is_whole_in_the_end(M: Any, tmp_path: Path):
    doomed, ada = [Somebody(M) for _ in range(PEOPLE)], Somebody(M)
    subjects = [one.subject for one in doomed]
    told, seed = tmp_path / "told", secrets.randbelow(10**6)
    with Others(M, doomed, ada) as others:
        names = json.dumps([str(one) for one in subjects])
        assert c.python(DRIVER, names, str(seed), str(told)).wait(300) == 0
        assert all(one.done for one in erasing.finish())
    kills, failures = json.loads(told.read_text())
    assert (others.errors, failures) == ([], 0), seed
    assert kills >= PEOPLE, seed
    for row in Erasure.objects.filter(subject__in=subjects):
        assert row.purged, seed
        assert row.expected == row.reached >= 3, (seed, row.expected, row.reached)
    assert Erasure.objects.filter(subject__in=subjects).count() == PEOPLE
    assert set(Subject.objects.filter(pk__in=subjects).values_list("state", flat=True)) == {
        State.ERASED
    }
    assert not M.Inquiry.objects.filter(subject_id__in=subjects).exists()
    assert not M.LongInquiry.objects.filter(subject_id__in=subjects).exists()
    assert M.Note.objects.count() == 1
    assert keystore().keys.fetch_of(subjects) == {}
    assert M.Inquiry.objects.filter(subject_id=ada.subject).count() == 1 + others.written
