"""Holds: what they cover outlives an erasure, the rest goes; when they end, it is finished."""

import signal
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from kept import gate, ledger, vault
from kept._kit import clock
from kept.vault import erasing, files, placing, releasing
from kept.vault.errors import NotStoredError, RefusedError
from kept.vault.keystore import holds as noted
from kept.vault.keystore import keystore
from kept.vault.keystore.sparing import class_of
from kept.vault.models import Hold, State, Subject
from tests.vault import catalogue as c
from tests.vault.held import HOLDS, LAW, STAFF, Somebody, in_days
from tests.vault.policies import gate_of

HELD = {"inquiry", "named", "chat", "file", "content", "note"}
"""Under a hold on everything; of a note nobody said what is in it."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_force() -> Any:
    with gate.only_for_testing_in_force(gate_of(HOLDS)):
        yield
    for entry in noted.standing(keystore().database):  # the key store outlives the test's data
        noted.release(keystore().database, entry)


@pytest.fixture
def zoe() -> Somebody:
    return Somebody()


def read(who: Somebody) -> tuple[str, str, bytes]:
    with gate.purpose("serve"):
        row = who.M.Inquiry.objects.get(pk=who.inquiry.pk)
        opened = files.open(type(who.file).objects.get(pk=who.file.pk))
        return row.name, row.message, b"".join(opened.parts)


def test_held_data_reads_and_saves_as_before_until_the_person_is_erased(zoe: Somebody):
    made = vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    assert read(zoe) == ("Zoe", "hello", b"file of hello")
    with gate.purpose("serve"):
        row = zoe.M.Inquiry.objects.get(pk=zoe.inquiry.pk)
        row.message = "changed"
        row.save()
        zoe.M.Inquiry.objects.get(email=zoe.email)
    assert read(zoe)[1] == "changed"
    assert vault.holds(zoe.subject) == (made,)
    assert made.held == gate.Held("legal", ("*",), in_days(30))


def test_an_erasure_spares_what_is_held_and_tells_what_why_and_until_when(zoe: Somebody):
    made = vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    envelope = bytes(type(zoe.inquiry).objects.get(pk=zoe.inquiry.pk).sealed)
    done = vault.erase(zoe.subject)
    assert done.done
    assert zoe.left() == HELD
    assert zoe.classes() == {class_of(made.id)}
    assert bytes(type(zoe.inquiry).objects.get(pk=zoe.inquiry.pk).sealed) == envelope
    told = {(one.label, one.rows, one.why, one.says, one.until) for one in done.remains}
    assert told == {
        ("kept_vault.SealedFile", 1, "holds.legal", "to settle disputes", in_days(30)),
        ("vaulttests.Inquiry", 1, "holds.legal", "to settle disputes", in_days(30)),
        ("vaulttests.Note", 1, "holds.legal", "to settle disputes", in_days(30)),
        ("vaulttests.Sample", 2, "holds.legal", "to settle disputes", in_days(30)),
    }
    assert vault.find("email", zoe.email) is None


def test_only_rows_with_a_category_that_the_reason_covers_are_held(zoe: Somebody):
    vault.place_hold(zoe.subject, "billing", in_days(30), STAFF)
    vault.erase(zoe.subject)
    assert zoe.left() == {"inquiry", "chat", "file", "content", "note"}


def test_lifting_finishes_the_erasure(zoe: Somebody):
    ada = Somebody()
    made = vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    vault.erase(zoe.subject)
    done = vault.lift_hold(made.id, STAFF)
    assert done is not None
    assert (done.done, done.expected, done.reached, done.remains) == (True, 6, 6, ())
    assert zoe.left() == zoe.classes() == set()
    assert vault.open_erasures() == []
    assert vault.holds(zoe.subject) == ()
    assert len(ada.left()) == 7
    with pytest.raises(RefusedError, match="V041"):
        vault.lift_hold(made.id, STAFF)


def test_a_hold_that_ran_out_is_ended_by_the_sweep_and_not_a_day_before(
    zoe: Somebody, monkeypatch: pytest.MonkeyPatch
):
    vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    vault.erase(zoe.subject)
    today = clock.today()
    for days, ended in ((30, 0), (31, 1), (31, 0)):
        monkeypatch.setattr(clock, "today", lambda days=days: today + timedelta(days=days))
        assert vault.sweep_holds() == releasing.Swept(0, ended, ended)
        assert bool(zoe.left()) == (days == 30)


def test_lifting_a_hold_of_a_living_person_erases_nothing_and_holds_nothing(zoe: Somebody):
    made = vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    assert vault.lift_hold(made.id, STAFF) is None
    assert read(zoe) == ("Zoe", "hello", b"file of hello")
    assert vault.erase(zoe.subject).remains == ()
    assert zoe.left() == zoe.classes() == set()


@pytest.mark.parametrize("first", ["shorter", "longer"])
def test_of_two_holds_the_rest_stays_until_the_last_one_ends(zoe: Somebody, first: str):
    both = [("legal", in_days(10)), ("legal", in_days(20))]
    if first == "longer":
        both.reverse()
    placed = [vault.place_hold(zoe.subject, *one, STAFF) for one in both]
    vault.erase(zoe.subject)
    for number, made in enumerate(placed):
        assert zoe.left() == HELD
        vault.lift_hold(made.id, STAFF)
        assert bool(zoe.left()) == (number == 0)


def test_what_ends_first_hands_on_only_what_another_covers(zoe: Somebody):
    legal = vault.place_hold(zoe.subject, "legal", in_days(20), STAFF)
    names = vault.place_hold(zoe.subject, "names", in_days(10), STAFF)
    vault.erase(zoe.subject)
    vault.lift_hold(legal.id, STAFF)
    assert zoe.left() == {"inquiry", "named", "note"}
    vault.lift_hold(names.id, STAFF)
    assert zoe.left() == set()


def test_what_a_law_keeps_stays_under_the_law_when_a_hold_ends(zoe: Somebody):
    with gate.only_for_testing_in_force(gate_of(LAW)):
        with gate.purpose("serve"):
            kept = zoe.M.Sample.objects.create(subject_id=zoe.subject, char="", text="invoice")
        made = vault.place_hold(zoe.subject, "legal", in_days(20), STAFF)
        done = vault.erase(zoe.subject)
        assert ("statutes.tax", "tax law", None) in [one[2:] for one in done.remains]
        again = vault.lift_hold(made.id, STAFF)
        assert again is not None
        assert [one[:3] for one in again.remains] == [("vaulttests.Sample", 1, "statutes.tax")]
    assert zoe.left() == set()
    assert type(kept).objects.filter(pk=kept.pk).exists()


def test_a_file_under_a_statutory_key_outlives_the_erasure():
    law = LAW.replace('keep = "2 years"', 'keep = "10 years"\nstatute = "tax"')
    with gate.only_for_testing_in_force(gate_of(law)):
        zoe = Somebody()
        done = vault.erase(zoe.subject)
    assert {"file", "content"} <= zoe.left()
    assert "kept_vault.SealedFile" in [one.label for one in done.remains]


@pytest.mark.parametrize(
    ("reason", "days", "text"),
    [
        ("unknown", 10, r"no `\[holds.unknown\]`; it has: billing, legal, names"),
        ("legal", -1, "is over"),
        ("billing", 400, "lasts at most 1 year"),
    ],
)
def test_a_hold_names_a_reason_of_the_policy_and_an_end_within_it(
    zoe: Somebody, reason: str, days: int, text: str
):
    with pytest.raises(RefusedError, match=f"V040.*{text}"):
        vault.place_hold(zoe.subject, reason, in_days(days), STAFF)
    assert not Hold.objects.exists()


def test_an_erased_or_unknown_person_has_nothing_to_hold(zoe: Somebody):
    vault.erase(zoe.subject)
    with pytest.raises(NotStoredError, match="V009"):
        vault.place_hold(zoe.subject, "legal", in_days(1), STAFF)
    with pytest.raises(NotStoredError, match="V011"):
        vault.place_hold(uuid4(), "legal", in_days(1), STAFF)


def test_no_hold_is_placed_or_lifted_inside_a_callers_transaction(zoe: Somebody):
    with pytest.raises(RuntimeError), transaction.atomic():
        vault.place_hold(zoe.subject, "legal", in_days(1), STAFF)


def test_placing_and_ending_stand_in_the_ledger(zoe: Somebody, monkeypatch: pytest.MonkeyPatch):
    seen: list[Any] = []
    real = ledger.record

    def note(event: Any, *rest: Any) -> Any:
        seen.append((event, rest[0]))
        return real(event, *rest)

    for room in (placing, releasing):
        monkeypatch.setattr(room.ledger, "record", note)
    made = vault.place_hold(zoe.subject, "legal", in_days(1), STAFF)
    vault.erase(zoe.subject)
    vault.lift_hold(made.id, "9f")
    events = [one for one in seen if isinstance(one[0], ledger.Held)]
    assert events == [
        (ledger.Held(hold="legal", state="placed", by=STAFF), zoe.subject),
        (ledger.Held(hold="legal", state="released", by="9f"), None),
    ]


def test_a_writer_and_a_hold_at_the_same_time_lose_nothing(zoe: Somebody):
    stop, errors, written = threading.Event(), [], [0]

    def write() -> None:
        try:
            while not stop.is_set():
                with gate.purpose("serve"):
                    row = zoe.M.Inquiry.objects.get(pk=zoe.inquiry.pk)
                    row.message = f"number {written[0] + 1}"
                    row.save()
                written[0] += 1
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()
            keystore().database.close()

    writer = threading.Thread(target=write)
    writer.start()
    for days in range(1, 6):
        vault.place_hold(zoe.subject, "legal", in_days(days), STAFF)
    stop.set()
    writer.join()
    assert errors == []
    assert read(zoe)[1] == f"number {written[0]}"


KILL = """
import os, signal, sys
from datetime import date
from uuid import UUID
from kept import gate, vault
from kept.vault import erasing, files, moving, placing, releasing
from kept.vault.files import moving as drafts
from tests.vault.held import HOLDS
from tests.vault.policies import gate_of
what, subject, step, when = sys.argv[1:]
def dying(real):
    def run(*given, **more):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    return run
rooms = dict(note=placing, keep=placing, seal=placing, hand_on=placing, forget_key=releasing,
             note_ended=releasing, purge=erasing, _give=moving, move=files)
setattr(rooms[step], step, dying(getattr(rooms[step], step)))
with gate.only_for_testing_in_force(gate_of(HOLDS)):
    if what == "place":
        vault.place_hold(UUID(subject), "legal", date.max.replace(year=2030), "aa")
    else:
        vault.lift_hold(UUID(subject), "aa")
"""
PLACING = ("note", "keep", "_give", "move", "seal")
ENDING = ("hand_on", "forget_key", "note_ended", "purge")


@pytest.mark.parametrize("next_is", ["sweep", "erase"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", PLACING)
def test_placing_killed_between_any_two_steps_is_finished_also_by_an_erasure(
    zoe: Somebody, step: str, when: str, next_is: str
):
    killed = c.python(KILL, "place", str(zoe.subject), step, when)
    assert killed.wait(60) == -signal.SIGKILL
    assert read(zoe) == ("Zoe", "hello", b"file of hello")
    begun = (step, when) != ("note", "before")
    assert len(vault.holds(zoe.subject)) == begun
    if next_is == "sweep":
        vault.sweep_holds()
        assert Hold.objects.filter(sealed=True).count() == begun
        assert vault.sweep_holds() == releasing.Swept(0, 0, 0)
    done = vault.erase(zoe.subject)
    assert done.done
    assert zoe.left() == (HELD if begun else set())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ENDING)
def test_ending_killed_between_any_two_steps_is_finished_by_sweep_and_finish(
    zoe: Somebody, step: str, when: str
):
    made = vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    vault.erase(zoe.subject)
    killed = c.python(KILL, "lift", str(made.id), step, when)
    assert killed.wait(60) == -signal.SIGKILL
    vault.sweep_holds()
    list(vault.finish_erasures())
    ended = step in ("note_ended", "purge") or (step, when) == ("forget_key", "after")
    assert zoe.left() == (set() if ended else HELD)
    assert bool(zoe.classes()) != ended
    if not ended:
        vault.lift_hold(made.id, STAFF)
        assert zoe.left() == zoe.classes() == set()


def test_a_hold_and_an_erasure_at_once_leave_all_of_it_held_or_nothing():
    for _ in range(5):
        zoe, told = Somebody(), []

        def place(zoe: Somebody = zoe, told: list[Any] = told) -> None:
            try:
                told.append(vault.place_hold(zoe.subject, "legal", in_days(3), STAFF))
            except BaseException as error:
                told.append(error)
            finally:
                connection.close()
                keystore().database.close()

        beside = threading.Thread(target=place)
        beside.start()
        erasing.erase(zoe.subject)
        beside.join()
        list(vault.finish_erasures())
        if isinstance(told[0], NotStoredError):
            assert zoe.left() == set()
        else:
            assert isinstance(told[0], placing.Standing)
            assert zoe.left() == HELD
        assert Subject.objects.get(pk=zoe.subject).state == State.ERASED


def test_a_hold_that_an_erasure_overtakes_is_refused_and_keeps_nothing(
    zoe: Somebody, monkeypatch: pytest.MonkeyPatch
):
    place = noted.place

    def overtaken(*given: Any) -> None:
        place(*given)
        erasing.erase(zoe.subject)

    erasing.decide(zoe.subject, "default")
    monkeypatch.setattr(placing, "_require_active", lambda *_: None)
    monkeypatch.setattr(noted, "place", overtaken)
    with pytest.raises(NotStoredError):
        vault.place_hold(zoe.subject, "legal", in_days(3), STAFF)
    assert vault.holds(zoe.subject) == ()
    list(vault.finish_erasures())
    assert zoe.left() == zoe.classes() == set()
