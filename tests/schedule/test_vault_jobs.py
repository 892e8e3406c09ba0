"""What the vault does by the clock, on real stores: copies, test restores, rotation, erasures."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kept import gate, ledger, schedule, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.vault import rotating
from kept.vault.keystore import KeyStore, only_for_testing_use, rotation
from kept.vault.models import Erasure, State, Subject
from tests.vault.places import Place
from tests.vault.policies import gate_of

DAY = timedelta(days=1)


@pytest.fixture
def store(transactional_db, settings: Any, tmp_path: Path) -> Iterator[KeyStore]:
    """A key store and backups of the test's own, under the fixture policy."""
    settings.KEPT = {
        **settings.KEPT,
        "BACKUPS": tmp_path / "backups",
        "KEY_BACKUPS": tmp_path / "apart",
    }
    made = Place(tmp_path / "own").store()
    with only_for_testing_use(made), gate.only_for_testing_in_force(gate_of()):
        yield made


def test_the_nightly_backup_and_the_weekly_test_of_it(store):
    assert schedule.run("backup.make").told.endswith("verified")
    state = schedule.run("backup.try")
    assert (state.condition, "rows restored" in state.told) == ("good", True)
    (states,) = [[one for one in schedule.states() if one.name.startswith("backup.")]]
    assert [(one.due - one.succeeded) > timedelta(0) for one in states] == [True, True]


def test_a_damaged_backup_makes_the_test_of_it_fail_visibly(store, tmp_path):
    schedule.run("backup.make")
    part = max((tmp_path / "backups").glob("*/*"), key=lambda path: path.stat().st_size)
    with part.open("r+b") as file:
        file.seek(part.stat().st_size // 2)
        file.write(b"\xff" * 8)
    with pytest.raises(KeptError, match=r"K013.*V060"):
        schedule.run("backup.try")
    (state,) = [one for one in schedule.states() if one.name == "backup.try"]
    assert (state.condition, state.failures) == ("failed", 1)


def test_without_a_backup_the_test_of_it_fails(store):
    with pytest.raises(KeptError, match=r"K013.*V034"):
        schedule.run("backup.try")


def test_the_master_key_is_replaced_a_day_before_its_period_is_over(store):
    made = clock.now()
    period = gate.in_force().in_force[1].erasure.rotation
    over = period.after(made.date()) - made.date()
    for days, master in ((over - 3 * DAY, 1), (over - DAY, 2), (over, 2)):
        with clock.only_for_testing_at(made + days):
            state = schedule.run("keys.rotate")
            assert store.master()[0] == master, state.told
    assert rotating.master_age() <= over


def test_a_rotation_that_was_cut_off_is_finished_the_next_night(store, monkeypatch):
    store.keys.find_or_make(vault.make().pk, "p2y")

    def killed(_: KeyStore) -> None:
        raise SystemExit

    monkeypatch.setattr(rotation, "_retire", killed)
    with pytest.raises(SystemExit):
        vault.rotate_master(lambda: None)
    monkeypatch.undo()
    assert (store.master()[0], rotating.is_due()) == (2, True)
    assert "1 old destroyed" in schedule.run("keys.rotate").told
    assert not rotating.is_due()


def test_an_erasure_that_a_crash_left_is_finished(store):
    person = vault.make()
    Subject.objects.filter(pk=person.pk).update(state=State.ERASING)
    Erasure.objects.create(subject=person.pk)
    assert schedule.run("erasures.finish").told == "1 finished"
    assert Subject.objects.get(pk=person.pk).state == State.ERASED
    assert ledger.sequence_once()


def test_every_job_of_the_product_says_what_it_does(db):
    listed = {one.name: one for one in schedule.states()}
    assert {"accounts.sweep", "backup.make", "backup.try", "erasures.finish", "keys.rotate"} <= set(
        listed
    )
    assert [name for name, one in listed.items() if not one.says] == []


@pytest.mark.parametrize("name", ["accounts.sweep", "files.sweep"])
def test_the_sweeps_run(store, name):
    assert schedule.run(name).told.endswith("removed")
