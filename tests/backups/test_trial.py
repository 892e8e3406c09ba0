"""A test restore tells a good backup from one that would not bring everyone back."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kept import ledger, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.vault import backups, erasing
from kept.vault.backups import manifest
from kept.vault.keystore import keystore, only_for_testing_use
from tests.backups.test_making import person
from tests.backups.test_restoring import lost, spoil
from tests.vault.host import models as M

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_keys(place: Any) -> Any:
    """A key store of this test's own, with its own journal."""
    with only_for_testing_use(place.store()) as store:
        yield store


def outcomes() -> int:
    return ledger.kinds_since(clock.today()).get("RestoreTried", 0)


def test_a_good_backup_is_good_and_nothing_of_the_test_stays(roots: Path):
    zoe, ada = person(), person()
    made = backups.data()
    backups.key_store()
    erasing.erase(zoe.subject_id)
    while ledger.sequence_once():
        pass
    before = outcomes()
    found = backups.try_newest()
    assert found.problems == ()
    assert (found.folder, found.destroyed, found.good) == (made.folder, 2, True)
    assert found.opened >= 2
    assert found.rows == sum(manifest.read(made.folder)[0].rows.values())
    assert found.keys == len(keystore().keys.fetch_of([ada.subject_id, zoe.subject_id])) + kinds()
    ledger.sequence_once()
    assert outcomes() == before + 1
    assert [path.name[:5] for path in (roots / "backups").iterdir()] == ["data-"]
    assert [path.name[:5] for path in (roots / "apart").iterdir()] == ["keys-"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname LIKE '%kept_trial'")
            assert cursor.fetchall() == []
    assert M.Inquiry.objects.filter(pk=ada.pk).exists()


def kinds() -> int:
    """Keys of the newest key backup that are not of subjects that are there now."""
    from kept.conf import settings
    from kept.vault.backups import places

    newest = places.newest(settings().key_backups, "keys")
    rows = manifest.read(newest)[0].rows
    own = keystore().database.read("SELECT COUNT(*) FROM subject_key")[0][0]
    return rows["subject_key"] + rows["blind_key"] - own


@pytest.mark.parametrize("how", ["cut", "changed", "missing", "other manifest", "no seal"])
def test_a_spoiled_backup_is_bad(how: str):
    person()
    made = backups.data()
    backups.key_store()
    spoil(made.folder, how)
    found = backups.try_newest()
    assert not found.good
    assert "V033" in found.problems[0]


def test_a_key_that_is_gone_without_an_erasure_is_told():
    zoe = person()
    backups.data()
    backups.key_store()
    with keystore().database.write() as writer:
        writer.run("DELETE FROM subject_key WHERE subject = ?", (zoe.subject_id.bytes,))
    found = backups.try_newest()
    assert "no erasure says why" in found.problems[0]
    assert len(found.problems) == 2


def test_rows_are_counted_against_the_manifest(monkeypatch: pytest.MonkeyPatch):
    person()
    backups.data()
    backups.key_store()
    from kept.vault.backups import databases

    for name in ("count_file", "count_server"):
        real = getattr(databases, name)
        monkeypatch.setattr(
            databases, name,
            lambda *given, real=real: {**real(*given), "vaulttests_inquiry": 7},
        )  # fmt: skip
    assert "the manifest says 1" in " ".join(backups.try_newest().problems)


def test_keys_of_a_destroyed_master_are_no_backup(roots: Path, tmp_path: Path):
    person()
    backups.data()
    backups.key_store()
    vault.rotate_master(lambda: None)
    assert not backups.try_newest().good
    backups.key_store()
    assert backups.try_newest().good


def test_another_sites_key_store_opens_nothing(place: Any):
    person()
    backups.data()
    backups.key_store()
    with only_for_testing_use(lost(place)):
        found = backups.try_newest()
    assert "V036" in found.problems[0]


def test_without_a_backup_there_is_nothing_to_try():
    with pytest.raises(KeptError, match="V034"):
        backups.try_newest()
