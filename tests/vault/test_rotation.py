"""A new master key: nothing lost, resumable, and what was deleted is out of reach for good."""

import base64
import secrets
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kept import ledger, vault
from kept._kit import clock
from kept._kit.crypto import Cipher, NotAuthenticError
from kept.vault import rotating
from kept.vault.errors import MisconfiguredError
from kept.vault.keystore import KeyStore, only_for_testing_use, rotate, verify
from kept.vault.keystore.masters import EnvironmentMasterKeys, FileMasterKeys
from kept.vault.keystore.wrapping import for_subject
from tests.vault.places import Place


def nothing() -> None:
    """The backup of a test that is not about backups."""


def test_after_a_rotation_every_key_and_identifier_is_what_it_was(place: Place):
    store, people = place.store(), [uuid4() for _ in range(7)]
    before = [store.keys.find_or_make(one, "p2y") for one in people]
    store.identifiers.claim("email", "a@x.org", people[0])
    sealed = [key.cipher.seal(b"x", b"") for key in before]
    seen: list[tuple[int, int]] = []
    done = rotate(store, nothing, progress=lambda *one: seen.append(one))
    assert (done.master, done.wrapped, done.destroyed, done.by_hand) == (2, 8, (1,), ())
    assert seen == [(7, 7)]
    assert FileMasterKeys(place.secret).versions() == (2,)
    again = place.store(production=True)
    for one, old, data in zip(people, before, sealed, strict=True):
        key = again.keys.find(one, "p2y")
        assert key is not None
        assert (key.id, key.cipher.open(data, b"")) == (old.id, b"x")
    assert again.identifiers.holder("email", "a@x.org") == people[0]
    assert again.keys.find_or_make(uuid4(), "p2y")
    assert rotate(again, nothing).master == 3


def test_the_old_master_stays_until_the_backup_is_good(place: Place):
    store = place.store()
    store.keys.find_or_make(uuid4(), "p2y")

    def broken() -> None:
        raise OSError("backup disk full")

    with pytest.raises(OSError, match="backup disk full"):
        rotate(store, broken)
    assert FileMasterKeys(place.secret).versions() == (1, 2)
    done = rotate(place.store(), nothing)
    assert (done.master, done.wrapped, done.destroyed) == (2, 0, (1,))


def test_a_key_that_does_not_open_stops_the_rotation_before_anything_is_destroyed(place: Place):
    store = place.store()
    key = store.keys.find_or_make(uuid4(), "p2y")
    with store.database.write() as writer:
        writer.run("UPDATE subject_key SET keep = 'other' WHERE id = ?", (key.id,))
    with pytest.raises(Exception, match="V002"):
        rotate(store, nothing)
    assert 1 in FileMasterKeys(place.secret).versions()


def test_the_environment_provider_leaves_the_old_key_to_the_operator(place: Place):
    given = {"KEPT_MASTER_KEY_1": base64.b64encode(secrets.token_bytes(32)).decode()}
    store = place.store(masters=EnvironmentMasterKeys(given))
    store.keys.find_or_make(uuid4(), "p2y")
    with pytest.raises(MisconfiguredError, match=r"V017.*KEPT_MASTER_KEY_2"):
        rotate(store, nothing)
    given["KEPT_MASTER_KEY_2"] = base64.b64encode(secrets.token_bytes(32)).decode()
    assert rotate(store, nothing).by_hand == (1,)
    del given["KEPT_MASTER_KEY_1"]
    done = rotate(store, nothing)
    assert (done.master, done.destroyed, done.by_hand) == (2, (1,), ())


KILL = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
import tests.vault.test_rotation as here
from kept.vault.keystore import rotation
step, when, count = sys.argv[3], sys.argv[4], int(sys.argv[5])
rotation._BATCH = 2
real, calls = getattr(rotation, step), [0]
def dying(*given, **more):
    calls[0] += 1
    if calls[0] == count and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*given, **more)
    if calls[0] == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(rotation, step, dying)
rotation.rotate(here.reopened(Path(sys.argv[1]), sys.argv[2]).store(), here.nothing)
"""


def reopened(root: Path, address: str) -> Place:
    """The same place, in another process."""
    made = Place.__new__(Place)
    made.root, made.secret, made._address = root, root / "secret", address
    return made


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("step", "count"),
    [("_renew", 1), ("_wrap_key", 1), ("_wrap_key", 4), ("_wrap_again", 1), ("verify", 1),
     ("_retire", 1)],
)  # fmt: skip
def test_killed_anywhere_it_goes_on_where_it_stopped(
    place: Place, step: str, count: int, when: str
):
    store, people = place.store(), [uuid4() for _ in range(7)]
    keys = [store.keys.find_or_make(one, "p2y") for one in people]
    script = [sys.executable, "-c", f"import django; django.setup()\n{KILL}"]
    killed = subprocess.run(
        [*script, str(place.root), place._address, step, when, str(count)],
        cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    again = place.store()
    assert {key.id for key in keys} == again.keys.fetch([key.id for key in keys]).keys()
    done = rotate(again, nothing)
    assert done.master in (2, 3)
    assert verify(again) == 7
    assert FileMasterKeys(place.secret).versions() == (done.master,)


def raw_rows(store: KeyStore) -> list[tuple[Any, ...]]:
    """What somebody takes who copies the key store's disk or its backup."""
    rows = store.database.read("SELECT id, subject, keep, master, wrapped FROM subject_key")
    return [
        tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in rows
    ]


def try_to_open(row: tuple[Any, ...], masters: list[bytes]) -> bool:
    """What a forensic examiner does: unwrap a stolen row with every master key at hand."""

    id, subject, keep, master, wrapped = row
    bound_to = master.to_bytes(4, "big") + for_subject(id, subject, keep)
    for key in masters:
        try:
            Cipher(key).open(wrapped, bound_to)
        except NotAuthenticError:
            continue
        return True
    return False


def test_recovery_from_old_disks_succeeds_before_the_rotation_and_fails_after(place: Place):
    store, subject = place.store(), uuid4()
    store.keys.find_or_make(subject, "p2y")
    masters = FileMasterKeys(place.secret)
    stolen = raw_rows(store)
    store.keys.destroy(subject)
    live = [masters.get(version) for version in masters.versions()]
    assert try_to_open(stolen[0], live), "the test can see"
    rotate(store, nothing)
    live = [masters.get(version) for version in masters.versions()]
    assert not try_to_open(stolen[0], live)
    for row in raw_rows(store):
        assert row[0] != stolen[0][0]


def test_keys_made_while_it_rotates_are_wrapped_by_the_new_master(place: Place):
    store = place.store()
    for _ in range(4):
        store.keys.find_or_make(uuid4(), "p2y")
    other = place.store()
    made = []

    def meanwhile(done: int, total: int) -> None:
        made.append(other.keys.find_or_make(uuid4(), "p2y"))

    rotate(store, nothing, progress=meanwhile)
    assert made
    assert verify(store) == 5
    assert other.keys.fetch([made[0].id])


@pytest.mark.django_db
def test_the_ledger_is_told_and_the_age_is_known(place: Place, monkeypatch: pytest.MonkeyPatch):
    told: list[Any] = []
    real = ledger.record_now
    monkeypatch.setattr(
        rotating.ledger, "record_now", lambda *one: (told.append(one), real(*one))[1]
    )
    with only_for_testing_use(place.store()):
        later = clock.now() + timedelta(days=31)
        with clock.only_for_testing_at(later):
            assert vault.master_age() == timedelta(days=31)
            assert vault.rotate_master(nothing).destroyed == (1,)
            assert vault.master_age() == timedelta(0)
    assert told == [(ledger.Rotated(key="master", generation=2), None)]


def test_no_worker_keeps_a_destroyed_master_in_memory(place: Place):
    store, worker = place.store(), place.store()
    one = store.keys.find_or_make(uuid4(), "p2y")
    old = store.masters.get(1)
    assert worker.keys.fetch([one.id])
    rotate(store, nothing)
    assert worker.keys.fetch([one.id])
    for each in (store, worker):
        version, cipher = each.wrapping._newest
        assert version == 2
        assert cipher is not None
        with pytest.raises(NotAuthenticError):
            Cipher(old).open(cipher.seal(b"x", b""), b"")
        assert not [one for one in vars(each.wrapping).values() if isinstance(one, dict)]
