"""A backup: whole, verified, apart, and telling nobody anything."""

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kept import gate, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.vault import backups, erasing, files
from kept.vault.backups import manifest, places
from kept.vault.keystore import journal, keystore
from tests.vault import catalogue as c
from tests.vault.host import models as M

pytestmark = pytest.mark.django_db(transaction=True)


def person(text: str = "canary-text") -> Any:
    """Somebody with a row and a file."""
    email = c.email()
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email=email, message=text)
        file = files.store(
            [text.encode()], subject=row.subject_id, point="inquiry",
            category="communication.message", name="letter.txt",
        )  # fmt: skip
    row.address, row.file = email, file
    return row


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_backup_is_whole_and_verified_and_says_what_is_in_it():
    zoe = person()
    made = backups.data()
    told, digest = manifest.read(made.folder)
    assert (digest, told.kind) == (made.digest, "data")
    manifest.require_ours(made.folder)
    manifest.require_whole(made.folder, told, lambda *_: None)
    assert told.rows["database:default.vaulttests_inquiry"] == M.Inquiry.objects.count()
    assert any(part.of.endswith(zoe.file.pk.hex) for part in told.parts)
    assert {part.of for part in told.parts} >= {"database:default", "ledger"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [made.folder, *made.folder.rglob("*")])


def test_a_data_backup_with_everything_but_the_keys_says_nothing_about_anyone():
    zoe = person("canary-" + c.email())
    raw = everything(backups.data().folder)
    keys = keystore().keys.fetch_of([zoe.subject_id])
    assert zoe.subject_id.bytes.hex().encode() in raw or connection.vendor == "postgresql"
    for secret in (zoe.address.encode(), b"canary-", b"letter.txt", *keys):
        if secret in keys:
            continue  # key ids stand in envelopes
        assert secret not in raw
    for table in ("subject_key", "blind_key", "identifier"):
        assert f"CREATE TABLE {table}".encode() not in raw
        for row in keystore().database.read(f"SELECT * FROM {table}"):
            for value in row:
                if isinstance(value, bytes | memoryview) and len(bytes(value)) != 16:
                    assert bytes(value) not in raw
    digests = keystore().database.read("SELECT digest FROM identifier")
    assert digests
    assert not [one for (one,) in digests if bytes(one) in raw]


def test_a_key_backup_alone_says_nothing_about_who():
    zoe = person()
    made = backups.key_store()
    raw = everything(made.folder)
    assert zoe.subject_id.bytes in raw
    for text in (zoe.address.encode(), zoe.address.split("@")[0].encode(), b"Zoe", b"canary-text"):
        assert text not in raw
    assert (made.folder.parent, made.rows > 0) != (backups.data().folder.parent, False)


def test_keys_and_data_never_share_a_place(roots: Path, settings: Any):
    with pytest.raises(KeptError, match="V030"):
        backups.key_store(roots / "backups")
    with pytest.raises(KeptError, match="V030"):
        backups.data(roots / "apart" / "inside")
    settings.KEPT = {**settings.KEPT, "KEY_BACKUPS": settings.KEPT["DATA"] / "keys"}
    with pytest.raises(KeptError, match="V030"):
        backups.key_store()


def test_in_production_keys_and_data_share_no_parent_either(roots: Path, settings: Any):
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}
    with pytest.raises(KeptError, match=r"V030.*share a parent"):
        backups.data()
    with pytest.raises(KeptError, match=r"V030.*share a parent"):
        backups.key_store()


def test_the_key_store_may_be_new_in_production_only_where_its_keys_come_back(
    settings: Any, tmp_path: Path
):
    from kept.vault.keystore import during_restore

    lost = {"KEYS": tmp_path / "lost", "SECRET": tmp_path / "secret", "PRODUCTION": True}
    keystore()  # there is a master key
    shutil.copytree(settings.KEPT["SECRET"], tmp_path / "secret")
    settings.KEPT = {**settings.KEPT, **lost}
    with pytest.raises(KeptError, match="V007"), during_restore(new=False):
        pass
    with during_restore(new=True) as store:
        assert store.master()[0] == 1


def test_what_is_older_than_its_keep_is_deleted_keys_sooner():
    long_ago = clock.now() - timedelta(days=31)
    with clock.only_for_testing_at(long_ago):
        old = backups.data().folder, backups.key_store().folder
    with clock.only_for_testing_at(long_ago + timedelta(days=29)):
        assert backups.data().deleted == backups.key_store().deleted == 0
        assert all(folder.is_dir() for folder in old)
    assert backups.data().deleted == backups.key_store().deleted == 1
    assert not any(folder.exists() for folder in old)


def test_a_backup_that_breaks_off_leaves_nothing(roots: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(manifest, "write", full)
    with pytest.raises(OSError, match="no space"):
        backups.data()
    assert list((roots / "backups").iterdir()) == []


def test_one_at_a_time(roots: Path):
    with places.alone(roots / "backups"), pytest.raises(KeptError, match="V037"):
        backups.data()


def test_taken_while_others_write_it_shows_one_moment():
    """Pairs are written together: a copy that holds half a pair was not one moment."""
    from django.db import connections, transaction

    subject, stop = vault.make(), threading.Event()

    def write() -> None:
        try:
            while not stop.is_set():
                with gate.only_for_testing_in_force(gate.in_force()), transaction.atomic():
                    with gate.purpose("serve"):
                        row = M.Inquiry.objects.create(subject=subject, name="pair")
                    M.Note.objects.create(inquiry=row, word="pair")
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for _ in range(3):
            rows = manifest.read(backups.data().folder)[0].rows
            counts.append(rows["database:default.vaulttests_note"])
            assert counts[-1] == rows["database:default.vaulttests_inquiry"]
    finally:
        stop.set()
        writer.join()
    assert len(set(counts)) > 1


def test_a_rotation_makes_and_verifies_its_own_backup(roots: Path, place: Any):
    from kept.vault.keystore import only_for_testing_use

    kept: list[backups.Made] = []
    with only_for_testing_use(place.store()) as store:
        key = store.keys.find_or_make(vault.make().pk, "p2y")
        done = vault.rotate_master(lambda: kept.append(backups.key_store()))
        assert done.destroyed == (1,)
        (folder,) = places.backups(roots / "apart", "keys")
        assert (manifest.read(folder)[0].master, kept[0].folder) == (2, folder)
        with closing(sqlite3.connect(folder / "keys.sqlite3")) as copy:
            assert copy.execute("SELECT id, master FROM subject_key").fetchall()[0] == (key.id, 2)


def test_it_is_said_that_a_rotation_puts_copies_of_the_master_key_out_of_date(place: Any):
    from kept.vault.keystore import only_for_testing_use

    with only_for_testing_use(place.store()):
        before = vault.master_in_words()
        with clock.only_for_testing_at(clock.now() + timedelta(days=40)):
            day = f"{clock.today().day} {clock.today():%B %Y}"
            vault.rotate_master(lambda: None)
        after = vault.master_in_words()
    assert "master key 1, in use since" in before
    assert "rotation by the clock replaces it" in before
    assert after.startswith(f"master key 2, in use since {day}: a copy of `")
    assert "from before opens no backup of keys made since" in after


def test_denials_are_in_the_journal_before_the_data_says_them():
    zoe = person()
    before, _ = journal.extent(keystore().database)
    vault.set_choices(zoe.subject_id, withdraw=["news"], object_to=["serve"])
    vault.set_limits(zoe.subject_id, restricted=True)
    assert told(zoe) == {("withdrawn", "news"), ("objected", "serve"), ("restricted", "")}
    vault.set_choices(zoe.subject_id, consent=["news"])
    vault.set_limits(zoe.subject_id, restricted=False)
    assert told(zoe) == {("objected", "serve")}
    assert journal.extent(keystore().database)[0] == before + 5
    erasing.erase(zoe.subject_id)
    assert {kind for kind, _ in told(zoe)} == {"destroyed"}


def told(who: Any) -> set[tuple[str, str]]:
    return {(e.kind, e.detail) for e in keystore().journal() if e.subject == who.subject_id}
