"""What outlives a restore: holds, mergers, suppressions, and the journal in a file of its own."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kept import gate, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.vault import backups
from kept.vault.keystore import journal, keystore, only_for_testing_use
from kept.vault.models import Hold, Merger, State, Subject
from tests.vault.held import HOLDS, STAFF, Somebody, in_days
from tests.vault.policies import gate_of

pytestmark = pytest.mark.django_db(transaction=True)
HELD = {"inquiry", "named", "chat", "file", "content", "note"}


@pytest.fixture(autouse=True)
def own_keys(place: Any) -> Any:
    """A key store of this test's own, with its own journal."""
    with gate.only_for_testing_in_force(gate_of(HOLDS)), only_for_testing_use(place.store()):
        yield


@pytest.fixture
def zoe() -> Somebody:
    return Somebody("zoe")


def lost(place: Any) -> Any:
    """A new store where the old one was lost, under the same master key."""
    other = type(place)(place.root.with_name("new"))
    shutil.copytree(place.secret, other.secret)
    return other.store()


def merge(source: Somebody, target: Somebody) -> None:
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", STAFF)):
        vault.merge(source.subject, target.subject, by=STAFF)


def test_a_hold_and_what_it_keeps_of_an_erased_person_survive(zoe: Somebody):
    made = vault.place_hold(zoe.subject, "legal", in_days(9), STAFF)
    backup = backups.data()
    vault.erase(zoe.subject)
    report = backups.restore(backup.folder, None)
    assert (report.erased_again, report.people) == (1, 0)
    assert zoe.left() == HELD
    assert vault.holds(zoe.subject) == (made,)
    vault.lift_hold(made.id, STAFF)
    assert zoe.left() == zoe.classes() == set()


def test_a_hold_placed_after_the_backup_is_placed_again(zoe: Somebody):
    backup = backups.data()
    made = vault.place_hold(zoe.subject, "legal", in_days(9), STAFF)
    report = backups.restore(backup.folder, None)
    assert report.holds == 1
    assert Hold.objects.get().sealed
    vault.erase(zoe.subject)
    assert zoe.left() == HELD
    assert vault.holds(zoe.subject) == (made,)


def test_a_hold_lifted_after_the_backup_stays_lifted(zoe: Somebody):
    made = vault.place_hold(zoe.subject, "legal", in_days(9), STAFF)
    backup = backups.data()
    vault.erase(zoe.subject)
    vault.lift_hold(made.id, STAFF)
    backups.restore(backup.folder, None)
    assert vault.holds(zoe.subject) == ()
    assert Hold.objects.get().released == clock.today()
    assert zoe.left() == zoe.classes() == set()


def test_a_hold_that_ran_out_meanwhile_ends_in_the_restore(
    zoe: Somebody, monkeypatch: pytest.MonkeyPatch
):
    vault.place_hold(zoe.subject, "legal", in_days(1), STAFF)
    vault.erase(zoe.subject)
    backup, today = backups.data(), clock.today()
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=2))
    backups.restore(backup.folder, None)
    assert zoe.left() == zoe.classes() == set()


def test_holds_come_back_from_the_data_where_an_older_key_store_does_not_know_them(
    zoe: Somebody, place: Any
):
    keys = backups.key_store()
    with only_for_testing_use(keystore()):
        made = vault.place_hold(zoe.subject, "legal", in_days(9), STAFF)
        newer = backups.key_store()
    with only_for_testing_use(lost(place)):
        backups.restore(None, newer.folder)
        assert vault.holds(zoe.subject) == (made,)
    with only_for_testing_use(lost_again(place)):
        backups.restore(None, keys.folder)
        assert vault.holds(zoe.subject) == (made,)


def lost_again(place: Any) -> Any:
    other = type(place)(place.root.with_name("newest"))
    shutil.copytree(place.secret, other.secret)
    return other.store()


def test_people_merged_after_the_backup_are_merged_again(zoe: Somebody):
    backup, ada = backups.data(), Somebody("ada")
    merge(zoe, ada)
    report = backups.restore(backup.folder, None)
    assert report.merged_again == 1
    assert Subject.objects.get(pk=zoe.subject).state == State.MERGED
    assert Merger.objects.get().done
    with gate.purpose("serve"):
        row = zoe.M.Inquiry.objects.get(email=zoe.email)
    assert (row.pk, row.subject_id) == (zoe.inquiry.pk, ada.subject)
    vault.erase(ada.subject)
    assert zoe.left() == set()


def test_merged_people_who_were_erased_stay_erased(zoe: Somebody):
    ada = Somebody("ada")
    backup = backups.data()
    merge(zoe, ada)
    vault.erase(ada.subject)
    report = backups.restore(backup.folder, None)
    assert (report.erased_again, report.merged_again, report.people) == (2, 0, 0)
    assert zoe.left() == ada.left() == zoe.classes() == ada.classes() == set()


def test_identifiers_stay_the_targets_when_an_older_backup_of_the_keys_comes_back(
    zoe: Somebody, place: Any
):
    ada = Somebody("ada")
    keys = backups.key_store()
    merge(zoe, ada)
    backup = backups.data()
    with only_for_testing_use(lost(place)):
        backups.restore(backup.folder, keys.folder)
        assert vault.find("email", zoe.email) == ada.subject


def test_suppressions_survive_every_restore_and_are_in_no_data(zoe: Somebody, place: Any):
    vault.suppress("email", zoe.email, "news")
    backup, keys = backups.data(), backups.key_store()
    vault.erase(zoe.subject)
    backups.restore(backup.folder, None)
    assert vault.suppressed("email", zoe.email, "news")
    with only_for_testing_use(lost(place)):
        backups.restore(backup.folder, keys.folder)
        assert vault.suppressed("email", zoe.email, "news")


def test_a_suppression_lifted_since_is_not_brought_back_by_older_keys(zoe: Somebody):
    vault.suppress("email", zoe.email, "news")
    keys = backups.key_store()
    with gate.purpose("news", actor=gate.VISITOR):
        vault.lift_suppression("email", zoe.email, "news")
    backups.restore(None, keys.folder)
    assert not vault.suppressed("email", zoe.email, "news")


def test_a_journal_kept_apart_erases_again_what_older_keys_bring_back(
    zoe: Somebody, place: Any, tmp_path: Path, settings: Any
):
    ada, mia, keys = Somebody("ada"), Somebody("mia"), backups.key_store()
    backup = backups.data()
    made = vault.place_hold(zoe.subject, "billing", in_days(9), STAFF)
    merge(mia, ada)
    vault.set_choices(ada.subject, object_to=["serve"])
    vault.suppress("email", mia.email, "news")
    vault.erase(zoe.subject)
    file = tmp_path / "elsewhere" / "journal"
    assert backups.write_journal(file) > 5
    assert backups.journal_position(file) == journal.extent(keystore().database)[0]
    with only_for_testing_use(lost(place)):
        settings.KEPT = {**settings.KEPT, "JOURNAL": file}
        report = backups.restore(backup.folder, keys.folder)
        assert report.erased_again == 1
        assert zoe.classes() == set()
        assert zoe.left() == {"inquiry", "note"}, "clear text is kept, and what it hangs on"
        assert [one.id for one in vault.holds(zoe.subject)] == [made.id]
        assert vault.find("email", mia.email) == ada.subject
        assert Subject.objects.get(pk=ada.subject).objected & gate.in_force().mask(["serve"])
        assert vault.suppressed("email", mia.email, "news")
        assert journal.extent(keystore().database)[0] >= backups.journal_position(file)
        again = backups.take_journal(file)
        assert again == backups.Taken(again.position, 0, 0, 0, 0, 0, 0)


def test_suppressions_whose_key_is_lost_are_counted_and_stop_nothing(
    zoe: Somebody, place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as before:
        before.setattr(keystore().suppressions, "prepare", lambda _: None)
        keys = backups.key_store()
    vault.suppress("email", zoe.email, "news")
    backups.write_journal(tmp_path / "journal")
    with only_for_testing_use(lost(place)):
        backups.restore(None, keys.folder)
        taken = backups.take_journal(tmp_path / "journal")
        assert (taken.suppressions, taken.unusable) == (0, 1)
        assert not vault.suppressed("email", zoe.email, "news")


def test_a_made_up_or_cut_journal_is_refused_and_changes_nothing(zoe: Somebody, tmp_path: Path):
    ada, file = Somebody("ada"), tmp_path / "journal"
    vault.suppress("email", ada.email, "news")
    backups.write_journal(file)
    lines = file.read_text().splitlines(keepends=True)
    entry = {"kind": "destroyed", "subject": zoe.subject.hex, "day": "2026-01-01", "detail": "1"}
    made_up = [lines[0], json.dumps({"entry": "00" * 16, **entry}) + "\n", *lines[1:]]
    for text in (made_up, lines[:-1], [lines[0], lines[-1]], []):
        file.write_text("".join(text))
        with pytest.raises(KeptError, match="V044"):
            backups.take_journal(file)
    assert zoe.classes()


def test_a_journal_holds_no_address_and_no_key(zoe: Somebody, tmp_path: Path):
    vault.suppress("email", zoe.email, "news")
    vault.set_choices(zoe.subject, withdraw=["news"])
    backups.write_journal(tmp_path / "journal")
    text = (tmp_path / "journal").read_text()
    assert zoe.email not in text
    assert zoe.subject.hex in text
    store = keystore()
    for id in store.keys.classes_of(zoe.subject):
        assert id.hex() not in text


class Pace:
    """As many as there are."""

    def __enter__(self) -> int:
        return 100

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("days", [2, 40])
def test_keys_from_before_a_hold_stay_as_long_as_a_backup_may_need_them(zoe: Somebody, days: int):
    backup = backups.data()
    vault.place_hold(zoe.subject, "legal", in_days(90), STAFF)
    with clock.only_for_testing_at(clock.now() + timedelta(days=days)):
        gone = sum(one.keys for one in vault.remove_leftovers(Pace()))
        assert bool(gone) == (days == 40)
        backups.restore(backup.folder, None)
    with gate.purpose("serve"):
        row = zoe.M.Inquiry.objects.get(pk=zoe.inquiry.pk)
        assert isinstance(row.message, gate.Sealed) == (days == 40)
