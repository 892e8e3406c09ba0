"""Erasing: at once nothing can be read, soon nothing is there; killed anywhere, it is finished."""

import signal
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from kept import gate, vault
from kept.vault import erasing
from kept.vault.errors import NotStoredError
from kept.vault.keystore import keystore
from kept.vault.models import Erasure, State, Subject
from tests.vault import catalogue as c
from tests.vault.policies import TEXT, gate_of

pytestmark = pytest.mark.django_db(transaction=True)

LAW = (
    TEXT.replace('keep = "30 days"', 'keep = "10 years"\nstatute = "tax"', 1)
    + '\n[statutes.tax]\nsays = "tax law"\n'
)


@pytest.fixture
def M() -> Any:
    from tests.vault.host import models

    return models


class Person:
    """Somebody with rows everywhere."""

    def __init__(self, M: Any) -> None:
        self.email = c.email()
        with gate.purpose("serve"):
            self.inquiry = M.Inquiry.objects.create(name="Zoe", email=self.email)
            self.subject = self.inquiry.subject_id
            self.member = M.Member.objects.create_user(self.email[:8], "pass", email=self.email)
            self.child = M.LongInquiry.objects.create(subject_id=self.subject, name="Zoe")
        self.note = M.Note.objects.create(inquiry=self.inquiry, word="note")
        self.rows = [self.inquiry, self.member, self.note, self.child]

    def left(self) -> list[Any]:
        return [row for row in self.rows if type(row).objects.filter(pk=row.pk).exists()]


@pytest.fixture
def zoe(M: Any) -> Person:
    return Person(M)


@pytest.fixture
def ada(M: Any) -> Person:
    return Person(M)


def test_an_erasure_reaches_what_it_expects_and_nobody_else(M: Any, zoe: Person, ada: Person):
    done = erasing.erase(zoe.subject)
    assert (done.expected, done.reached, done.done) == (4, 4, True)
    assert zoe.left() == []
    assert ada.left() == ada.rows
    assert keystore().keys.fetch_of([zoe.subject]) == {}
    assert vault.find("email", zoe.email) is None
    assert Subject.objects.get(pk=zoe.subject).state == State.ERASED
    with gate.purpose("serve"):
        assert M.Inquiry.objects.get(pk=ada.inquiry.pk).name == "Zoe"
        again = M.Inquiry.objects.create(name="Zoe", email=zoe.email)
    assert again.subject_id != zoe.subject


def test_from_the_moment_keys_are_gone_nothing_can_be_read_or_written(M: Any, zoe: Person):
    vault.set_choices(zoe.subject, consent=["news"])
    assert erasing.erase_keys(zoe.subject) == len({"p2y", "until-account-closes", "record"})
    assert zoe.left() == zoe.rows
    row = M.Inquiry.objects.get(pk=zoe.inquiry.pk)
    with gate.purpose("serve"):
        assert isinstance(row.name, gate.Sealed)
        row.name = "Mia"
        with pytest.raises(NotStoredError, match="V009"), transaction.atomic():
            row.save()
    assert Subject.objects.get(pk=zoe.subject).consented == 0
    with pytest.raises(NotStoredError, match="V009"):
        vault.set_choices(zoe.subject, consent=["news"])


def test_erasing_twice_changes_nothing(zoe: Person):
    first = erasing.erase(zoe.subject)
    assert erasing.erase(zoe.subject) == first
    assert list(erasing.finish()) == []


def test_nobody_is_erased_inside_a_callers_transaction(zoe: Person):
    with pytest.raises(RuntimeError), transaction.atomic():
        erasing.erase(zoe.subject)
    assert Subject.objects.get(pk=zoe.subject).state == State.ACTIVE
    assert zoe.left() == zoe.rows


def test_an_unknown_subject_is_told():
    from uuid import uuid4

    with pytest.raises(NotStoredError, match="V011"):
        erasing.erase(uuid4())


def test_what_a_law_keeps_stays_and_can_be_read(M: Any, zoe: Person):
    with gate.only_for_testing_in_force(gate_of(LAW)), gate.purpose("serve"):
        kept = M.Sample.objects.create(subject_id=zoe.subject, text="invoice")
    gone = M.Sample
    with gate.purpose("serve"):
        loose = gone.objects.create(subject_id=zoe.subject, text="chat")
    done = erasing.erase(zoe.subject)
    assert done.done
    assert not gone.objects.filter(pk=loose.pk).exists()
    assert gone.objects.filter(pk=kept.pk).exists()
    assert [key.keep for key in keystore().keys.fetch_of([zoe.subject]).values()] == [
        "statutory-tax"
    ]


def test_a_table_that_fails_does_not_stop_the_others_and_is_tried_again(
    M: Any, zoe: Person, monkeypatch: pytest.MonkeyPatch
):
    from kept.vault import purging

    purge = purging._purge

    def failing(holding: Any, *rest: Any) -> None:
        if holding.label == "vaulttests.Note":
            raise DatabaseError("locked")
        purge(holding, *rest)

    monkeypatch.setattr(purging, "_purge", failing)
    link = M.Note._meta.get_field("inquiry").remote_field
    with monkeypatch.context() as shared:
        shared.setattr(link, "on_delete", models.PROTECT)
        done = erasing.erase(zoe.subject)
    assert set(done.failed) == {"vaulttests.Note", "vaulttests.Inquiry"}
    assert not done.done
    assert zoe.member not in zoe.left()
    monkeypatch.setattr(purging, "_purge", purge)
    (again,) = erasing.finish()
    assert again.done
    assert zoe.left() == []


def test_a_table_that_cannot_be_counted_is_purged_when_it_is_back(
    M: Any, zoe: Person, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as gone:
        gone.setattr(M.Note._meta, "db_table", "nowhere")
        done = erasing.erase(zoe.subject)
    assert "vaulttests.Note" in done.failed
    (again,) = erasing.finish()
    assert (again.expected, again.reached, again.done) == (4, 4, True)
    assert zoe.left() == []


STEPS = ("decide", "destroy", "note_destroyed", "purge")
KILL = """
import os, signal, sys
from uuid import UUID
from kept import gate
from kept.vault import erasing, purging
from tests.vault.policies import gate_of
subject, step, when = sys.argv[1:]
def dying(real):
    def run(*given, **more):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    return run
room = purging if step == "_purge" else erasing
setattr(room, step, dying(getattr(room, step)))
with gate.only_for_testing_in_force(gate_of()):
    erasing.erase(UUID(subject))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [*STEPS, "_purge"])
def test_killed_between_any_two_steps_it_is_finished_at_the_next_start(
    M: Any, zoe: Person, ada: Person, step: str, when: str
):
    killed = c.python(KILL, str(zoe.subject), step, when)
    assert killed.wait(60) == -signal.SIGKILL
    decided = Erasure.objects.filter(pk=zoe.subject).exists()
    assert decided == ((step, when) != ("decide", "before"))
    if decided:
        with gate.purpose("serve"):
            for row in M.Inquiry.objects.filter(pk=zoe.inquiry.pk):
                assert isinstance(row.name, gate.Sealed)
        done = list(erasing.finish())
        assert all(one.done for one in done)
        assert zoe.left() == []
        assert keystore().keys.fetch_of([zoe.subject]) == {}
        row = Erasure.objects.get(pk=zoe.subject)
        assert (row.keys, row.expected, row.reached, row.purged) == (3, 4, 4, True)
    else:
        assert zoe.left() == zoe.rows
    assert ada.left() == ada.rows


def test_writers_come_before_the_erasure_or_are_refused(M: Any, zoe: Person):
    stop, errors = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                with gate.purpose("serve"):
                    M.Inquiry.objects.create(subject_id=zoe.subject, name="New", email=zoe.email)
        except NotStoredError:
            pass
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()
            keystore().database.close()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    done = erasing.erase(zoe.subject)
    stop.set()
    for writer in writers:
        writer.join()
    assert errors == []
    assert done.done
    assert not M.Inquiry.objects.filter(subject_id=zoe.subject).exists()
    assert keystore().keys.fetch_of([zoe.subject]) == {}


def test_two_erasures_at_once_do_it_once(zoe: Person):
    done: list[Any] = []

    def work() -> None:
        try:
            done.append(erasing.erase(zoe.subject))
        except BaseException as error:
            done.append(error)
        finally:
            connection.close()
            keystore().database.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.keys for one in done} == {3}, done
    row = Erasure.objects.get(pk=zoe.subject)
    assert (row.expected, row.reached, row.purged) == (4, 4, True)
    assert zoe.left() == []


def test_readers_see_everything_or_nothing_while_somebody_is_erased(M: Any, zoe: Person):
    stop, seen, errors = threading.Event(), set(), []

    def read() -> None:
        try:
            while not stop.is_set():
                with gate.purpose("serve"):
                    row = M.Inquiry.objects.filter(pk=zoe.inquiry.pk).first()
                    if row is not None:
                        both = (row.name, row.email)
                        hidden = tuple(isinstance(one, gate.Sealed) for one in both)
                        assert any(hidden) or both == ("Zoe", zoe.email)
                        seen.add(hidden)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()
            keystore().database.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    while not seen and not errors:
        stop.wait(0.01)
    erasing.erase_keys(zoe.subject)
    with gate.purpose("serve"):
        assert isinstance(M.Inquiry.objects.get(pk=zoe.inquiry.pk).name, gate.Sealed)
    done = erasing.purge(zoe.subject)
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert done.done
    assert (False, False) in seen
    assert seen <= {(False, False), (True, True)}
