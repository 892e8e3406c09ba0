"""A restore brings back every living person and nobody else, whatever happened since."""

import secrets
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.vault import backups, erasing, files
from kept.vault.backups import manifest, merging, places, restoring
from kept.vault.keystore import keystore, only_for_testing_use
from kept.vault.keystore.start import RESTORE
from kept.vault.models import Erasure, SealedFile, State, Subject
from tests.backups.test_making import person
from tests.vault import catalogue as c
from tests.vault.host import models as M

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_keys(place: Any) -> Any:
    """A key store of this test's own, with its own journal."""
    with only_for_testing_use(place.store()) as store:
        yield store


def letter(row: Any) -> tuple[str, str, bytes]:
    """Everything that `row` says, opened."""
    with gate.purpose("serve"):
        again = M.Inquiry.objects.get(pk=row.pk)
        opened = files.open(SealedFile.objects.get(pk=row.file.pk))
        return again.name, again.message, b"".join(opened.parts)


def test_every_living_person_is_back_byte_for_byte():
    zoe = person("before")
    made = backups.data()
    with gate.purpose("serve"):
        row = M.Inquiry.objects.get(pk=zoe.pk)
        row.message = "after"
        row.save()
    files.path_of(zoe.file.pk).unlink()
    ada = person("later")
    report = backups.restore(made.folder, None)
    assert letter(zoe) == ("Zoe", "before", b"before")
    assert not M.Inquiry.objects.filter(pk=ada.pk).exists()
    assert vault.find("email", zoe.address) == zoe.subject_id
    assert (report.people, report.erased_again, report.optional_denied) == (1, 0, 0)
    assert not (backups_root() / RESTORE).exists()


def backups_root() -> Path:
    from kept.conf import settings

    return settings().data


def test_whoever_was_erased_after_the_backup_stays_erased():
    zoe, ada = person("zoe"), person("ada")
    made = backups.data()
    erasing.erase(zoe.subject_id)
    report = backups.restore(made.folder, None)
    assert (report.erased_again, report.rows_purged, report.people) == (1, 2, 1)
    assert Subject.objects.get(pk=zoe.subject_id).state == State.ERASED
    assert not M.Inquiry.objects.filter(pk=zoe.pk).exists()
    assert not files.path_of(zoe.file.pk).exists()
    assert keystore().keys.fetch_of([zoe.subject_id]) == {}
    assert letter(ada) == ("Zoe", "ada", b"ada")


def test_an_erasure_half_done_in_the_present_data_is_finished(own_keys: Any):
    zoe = person()
    made = backups.data()
    erasing.decide(zoe.subject_id, "default")
    assert keystore().keys.fetch_of([zoe.subject_id])
    assert backups.restore(made.folder, None).erased_again == 1
    assert keystore().keys.fetch_of([zoe.subject_id]) == {}
    assert not M.Inquiry.objects.filter(pk=zoe.pk).exists()


def test_an_older_key_backup_brings_no_erased_person_back(own_keys: Any):
    zoe, ada = person(), person()
    keys, made = backups.key_store(), backups.data()
    erasing.erase(zoe.subject_id)
    report = backups.restore(made.folder, keys.folder)
    assert (report.erased_again, report.keys) == (1, 0)
    assert keystore().keys.fetch_of([zoe.subject_id]) == {}
    assert letter(ada)


def test_erasures_that_only_the_data_knows_are_finished_in_a_restored_key_store(place: Any):
    zoe, ada = person(), person("ada")
    keys = backups.key_store()
    erasing.erase(zoe.subject_id)
    with only_for_testing_use(lost(place)) as store:
        report = backups.restore(None, keys.folder)
        assert report.keys > 1
        assert store.keys.fetch_of([zoe.subject_id]) == {}
        assert vault.find("email", ada.address) == ada.subject_id
        assert letter(ada) == ("Zoe", "ada", b"ada")


def lost(place: Any) -> Any:
    """A new store where the old one was lost, under the same master key."""
    other = type(place)(place.root.with_name("new"))
    shutil.copytree(place.secret, other.secret)
    return other.store()


def test_what_was_withdrawn_objected_to_or_restricted_stays_so():
    zoe, ada = person(), person()
    for one in (zoe, ada):
        vault.set_choices(one.subject_id, consent=["news", "answer-inquiry"])
    made = backups.data()
    vault.set_choices(zoe.subject_id, withdraw=["news"], object_to=["serve"])
    vault.set_limits(zoe.subject_id, restricted=True, ceased=True)
    vault.set_choices(ada.subject_id, withdraw=["news"])
    vault.set_choices(ada.subject_id, consent=["news"])
    report = backups.restore(made.folder, None)
    assert report.denied_again == 5  # ceasing took the other consent back, too
    now, bit = Subject.objects.get(pk=zoe.subject_id), gate.in_force().mask
    assert now.consented == 0
    assert now.objected == bit(["serve"])
    assert (now.restricted, now.ceased) == (True, True)
    assert Subject.objects.get(pk=ada.subject_id).consented == bit(["news", "answer-inquiry"])


def test_a_lost_journal_denies_every_optional_purpose(place: Any):
    zoe = person()
    vault.set_choices(zoe.subject_id, consent=["news"])
    keys, made = backups.key_store(), backups.data()
    vault.set_choices(zoe.subject_id, withdraw=["news"])
    with only_for_testing_use(lost(place)):
        report = backups.restore(made.folder, keys.folder)
        assert report.optional_denied == report.people == 1
        now = Subject.objects.get(pk=zoe.subject_id)
        mask = gate.in_force().mask(["news", "answer-inquiry"])
        assert (now.consented, now.objected) == (0, mask)
        assert letter(zoe)  # what was asked for goes on


def test_data_from_before_a_rotation_brings_back_who_lives_and_nobody_who_was_erased_since():
    zoe, ada = person("zoe"), person("ada")
    vault.set_choices(ada.subject_id, consent=["news"])
    made = backups.data()
    vault.rotate_master(backups.key_store)
    erasing.erase(zoe.subject_id)
    vault.set_choices(ada.subject_id, withdraw=["news"])
    report = backups.restore(made.folder, None)
    assert (report.people, report.erased_again, report.optional_denied) == (1, 1, 0)
    assert letter(ada) == ("Zoe", "ada", b"ada")
    assert Subject.objects.get(pk=ada.subject_id).consented == 0
    assert not M.Inquiry.objects.filter(pk=zoe.pk).exists()
    assert vault.verify_keys() > 0


def test_keys_from_before_a_rotation_are_refused_and_nothing_changes(place: Any):
    """Their master key is destroyed; those of the rotation itself are whole."""
    ada = person("ada")
    before, after = backups.key_store(), []
    vault.rotate_master(lambda: after.append(backups.key_store()))
    with only_for_testing_use(lost(place)) as store:
        with pytest.raises(KeptError, match=r"V004.*`1`.*after the last rotation"):
            backups.restore(None, before.folder)
        assert merging.is_new(store)
        assert not (backups_root() / RESTORE).exists()
        assert backups.restore(None, after[0].folder).keys > 0
        assert letter(ada) == ("Zoe", "ada", b"ada")


def test_data_without_its_keys_is_refused(place: Any):
    person()
    made = backups.data()
    with (
        only_for_testing_use(lost(place)),
        pytest.raises(KeptError, match=r"V031.*--keys"),
    ):
        backups.restore(made.folder, None)
    assert not (backups_root() / RESTORE).exists()


def spoil(folder: Path, how: str) -> None:
    part = next(one for one in manifest.read(folder)[0].parts if one.of == "database:default")
    path = folder / part.path
    whole = path.read_bytes()
    if how == "cut":
        path.write_bytes(whole[:-100])
    elif how == "changed":
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif how == "missing":
        path.unlink()
    elif how == "other manifest":
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        told, _ = manifest.read(folder)
        again = manifest.part(folder, path, part.kind, part.of)
        parts = tuple(again if one.of == part.of else one for one in told.parts)
        import msgspec

        from kept._kit import canonical

        changed = msgspec.structs.replace(told, parts=parts)
        (folder / manifest.FILE).write_bytes(canonical.dumps(msgspec.to_builtins(changed)))
    elif how == "no seal":
        (folder / manifest.SEAL).unlink()


@pytest.mark.parametrize("how", ["cut", "changed", "missing", "other manifest", "no seal"])
def test_a_backup_that_is_not_as_it_was_made_is_refused_and_nothing_changes(how: str):
    zoe = person()
    made = backups.data()
    with gate.purpose("serve"):
        M.Inquiry.objects.get(pk=zoe.pk)
    ada = person("later")
    spoil(made.folder, how)
    with pytest.raises(KeptError, match="V033"):
        backups.restore(made.folder, None)
    assert letter(ada)
    assert not (backups_root() / RESTORE).exists()


def test_the_record_says_that_the_data_came_back_and_what_it_lost():
    person()
    ledger.sequence_once()
    made = backups.data()
    while ledger.sequence_once():
        pass
    person("later")
    with gate.purpose("serve"):
        pass
    zoe = vault.make()
    erasing.erase(zoe.pk)
    before = ledger.kinds_since(restoring._day(manifest.read(made.folder)[0]))
    report = backups.restore(made.folder, None)
    after = ledger.kinds_since(restoring._day(manifest.read(made.folder)[0]))
    assert report.events_lost > 0
    assert after["RestoredFrom"] == before.get("RestoredFrom", 0) + 1


KILL = """
import os, signal, sys
from pathlib import Path
from kept import gate
from kept.vault import backups
from kept.vault.backups import merging, placing, reconciling, restoring
from kept.vault.keystore import only_for_testing_use
from tests.vault.places import Place
from tests.vault.policies import gate_of
data, keys, root, address, room, step, when = sys.argv[1:]
place = Place.__new__(Place)
place.secret, place.root, place._address = Path(root) / "secret", Path(root), address
room = globals()[room]
def dying(real):
    def run(*given, **more):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    return run
if step != "never":
    setattr(room, step, dying(getattr(room, step)))
with gate.only_for_testing_in_force(gate_of()), only_for_testing_use(place.store()):
    backups.restore(Path(data), Path(keys))
"""
STEPS = [
    ("restoring", "_begin"), ("merging", "_kinds"), ("merging", "_keys"), ("reconciling", "gather"),
    ("restoring", "_write"), ("placing", "database"), ("placing", "_replace"), ("placing", "_file"),
    ("reconciling", "erasures"), ("reconciling", "_bury"), ("reconciling", "denials"),
    ("restoring", "_finish"),
]  # fmt: skip


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("room", "step"), STEPS)
def test_killed_anywhere_it_is_finished_by_running_it_again(
    place: Any, own_keys: Any, room: str, step: str, when: str
):
    zoe, ada = person("zoe"), person("ada")
    vault.set_choices(ada.subject_id, consent=["news"])
    keys, made = backups.key_store(), backups.data()
    vault.set_choices(ada.subject_id, withdraw=["news"])
    erasing.erase(zoe.subject_id)
    files.path_of(ada.file.pk).unlink()
    killed = c.python(
        KILL, str(made.folder), str(keys.folder), str(place.root), place._address, room, step, when
    )
    assert killed.wait(60) == -signal.SIGKILL
    report = backups.restore(made.folder, keys.folder)
    assert report.optional_denied == 0
    assert letter(ada) == ("Zoe", "ada", b"ada")
    assert Subject.objects.get(pk=ada.subject_id).consented == 0
    assert Subject.objects.get(pk=zoe.subject_id).state == State.ERASED
    assert not M.Inquiry.objects.filter(pk=zoe.pk).exists()
    assert Erasure.objects.get(pk=zoe.subject_id).purged
    assert not (backups_root() / RESTORE).exists()


@pytest.mark.parametrize("wait", [0.15, 0.4, 0.8])
def test_killed_at_any_moment_it_is_finished_by_running_it_again(
    place: Any, own_keys: Any, wait: float
):
    people = [person(f"text {number}") for number in range(20)]
    keys, made = backups.key_store(), backups.data()
    for one in people[:5]:
        erasing.erase(one.subject_id)
    running = c.python(
        KILL, str(made.folder), str(keys.folder), str(place.root), place._address,
        "restoring", "never", "never",
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (backups_root() / RESTORE).exists() and running.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    time.sleep(wait * secrets.SystemRandom().random())
    running.kill()
    running.wait()
    report = backups.restore(made.folder, keys.folder)
    assert (report.people, report.optional_denied) == (15, 0)
    for number, one in enumerate(people[5:], 5):
        assert letter(one) == ("Zoe", f"text {number}", f"text {number}".encode())
    assert not M.Inquiry.objects.filter(pk__in=[one.pk for one in people[:5]]).exists()


def test_merging_keys_twice_adds_nothing(place: Any):
    person()
    keys = backups.key_store()
    with only_for_testing_use(lost(place)) as store:
        assert merging.is_new(store)
        assert merging.merge(keys.folder, store, lambda *_: None, new=True) > 0
        assert merging.merge(keys.folder, store, lambda *_: None, new=False) == 0


def test_while_a_restore_is_unfinished_no_process_gets_a_key(roots: Path):
    marker = backups_root() / RESTORE
    marker.write_bytes(b"{}")
    try:
        asked = c.python("from kept.vault.keystore import keystore\nkeystore()")
        assert asked.wait(60) == 1
    finally:
        marker.unlink()
    assert c.python("from kept.vault.keystore import keystore\nkeystore()").wait(60) == 0
    assert places.backups(roots / "backups", "data") == []
