"""A flow of the vault that would record nothing fails: erasing, rotating, copies, restores."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.vault import backups, mergers
from kept.vault.keystore import KeyStore, only_for_testing_use
from kept.vault.models import State, Subject
from tests.vault.places import Place
from tests.vault.policies import gate_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Iterator[KeyStore]:
    """A key store and backups of the test's own, under the fixture policy."""
    settings.KEPT = {
        **settings.KEPT,
        "BACKUPS": tmp_path / "backups",
        "KEY_BACKUPS": tmp_path / "apart",
    }
    made = Place(tmp_path / "own").store()
    with only_for_testing_use(made), gate.only_for_testing_in_force(gate_of()):
        yield made


def _restore() -> None:
    newest = backups.data().folder
    backups.restore(newest, None)


def _merge() -> None:
    with gate.purpose("maintain"):
        mergers.merge(vault.make().pk, vault.make().pk, by="0" * 32)


FLOWS: dict[str, tuple[Callable[[], Any], str]] = {
    "erase": (lambda: vault.erase(vault.make().pk), "Erased"),
    "rotate": (lambda: vault.rotate_master(lambda: None), "Rotated"),
    "back up data": (backups.data, "BackedUp"),
    "back up keys": (backups.key_store, "BackedUp"),
    "try a backup": (lambda: backups.data() and backups.key_store() and backups.try_newest(), "Re"),
    "restore": (_restore, "RestoredFrom"),
    "merge": (_merge, "Merged"),
}


@pytest.mark.parametrize("name", FLOWS)
def test_it_records(store, name):
    FLOWS[name][0]()


@pytest.mark.parametrize("name", [name for name in FLOWS if name != "restore"])
def test_it_fails_where_it_would_record_nothing(store, name, monkeypatch):
    """As if somebody had taken the call away. A restore is also recorded by the sequencer."""
    run, kind = FLOWS[name]
    real = ledger.record, ledger.record_now

    def without(event: Any, *rest: Any) -> Any:
        if type(event).__name__.startswith(kind) and kind != "Re":
            return None
        if kind == "Re" and isinstance(event, ledger.RestoreTried):
            return None
        return real[isinstance(event, ledger.BackedUp | ledger.RestoreTried | ledger.Rotated)](
            event, *rest
        )

    monkeypatch.setattr(ledger, "record", without)
    monkeypatch.setattr(ledger, "record_now", without)
    monkeypatch.setattr("kept.ledger.restored.record_now", without)
    with pytest.raises(KeptError, match="L008"):
        run()


def test_an_erasure_that_would_not_be_recorded_is_not_begun(store, monkeypatch):
    person = vault.make().pk
    monkeypatch.setattr(ledger, "record", lambda *_: None)
    with pytest.raises(KeptError, match="L008"):
        vault.erase(person)
    assert Subject.objects.get(pk=person).state == State.ACTIVE
