"""The key store: made once, proven at start, safe in threads, forks and production."""

import base64
import multiprocessing
import os
import secrets
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from kept._kit.crypto import KEY_BYTES
from kept.vault.errors import (
    MisconfiguredError,
    NotAuthenticError,
    NotStoredError,
    VaultError,
)
from kept.vault.keystore import KeyStore
from kept.vault.keystore.masters import EnvironmentMasterKeys, FileMasterKeys
from kept.vault.keystore.safety import problems
from kept.vault.keystore.sqlite import SQLiteDatabase
from tests.settings import WORLD
from tests.vault.places import Place


def write(store: KeyStore, sql: str, *values: object) -> None:
    with store.database.write() as writer:
        writer.run(sql, values)


def test_a_key_is_made_once_and_found_again_by_another_process(place: Place):
    subject = uuid4()
    made = place.store().keys.find_or_make(subject, "p2y")
    again = place.store().keys.find_or_make(subject, "p2y")
    assert (made.id, made.subject, made.keep) == (again.id, subject, "p2y")
    assert again.cipher.open(made.cipher.seal(b"x", b"a"), b"a") == b"x"
    assert place.store().keys.fetch([made.id, b"0" * 16]).keys() == {made.id}


def test_no_key_stands_in_clear(place: Place, monkeypatch: pytest.MonkeyPatch):
    made: list[bytes] = []
    from kept.vault.keystore import keys

    def known() -> bytes:
        made.append(secrets.token_bytes(KEY_BYTES))
        return made[-1]

    monkeypatch.setattr(keys, "new_key", known)
    store = place.store()
    store.keys.find_or_make(uuid4(), "p2y")
    rows = store.database.read("SELECT wrapped FROM subject_key")
    assert made
    assert all(made[0] not in bytes(row[0]) for row in rows)


@pytest.mark.parametrize("column", ["subject", "keep", "wrapped", "id"])
def test_a_wrapped_key_opens_only_as_what_it_was_wrapped_for(place: Place, column: str):
    store, subject = place.store(), uuid4()
    key = store.keys.find_or_make(subject, "p2y")
    other = store.keys.find_or_make(uuid4(), "p30d")
    if column == "wrapped":
        rows = store.database.read("SELECT wrapped FROM subject_key WHERE id = ?", (other.id,))
        write(store, "UPDATE subject_key SET wrapped = ? WHERE id = ?", rows[0][0], key.id)
    else:
        changed = {"subject": uuid4().bytes, "keep": "indefinitely", "id": uuid4().bytes}[column]
        write(store, f"UPDATE subject_key SET {column} = ? WHERE id = ?", changed, key.id)
    rows = store.database.read("SELECT id FROM subject_key WHERE id <> ?", (other.id,))
    with pytest.raises(NotAuthenticError, match="V002"):
        store.keys.fetch([bytes(row[0]) for row in rows])


def test_destroyed_keys_are_gone_for_good_and_journalled(place: Place):
    store, subject = place.store(), uuid4()
    key = store.keys.find_or_make(subject, "p2y")
    kept = store.keys.find_or_make(subject, "statutory-tax")
    store.identifiers.claim("email", "a@x.org", subject)
    assert store.keys.destroy(subject, spare=["statutory-tax"]) == 1
    assert store.keys.destroy(subject, spare=["statutory-tax"]) == 1
    assert store.keys.fetch([key.id, kept.id]).keys() == {kept.id}
    assert store.identifiers.holder("email", "a@x.org") is None
    for make in (
        lambda: store.keys.find_or_make(subject, "p2y"),
        lambda: store.identifiers.claim("email", "b@x.org", subject),
    ):
        with pytest.raises(NotStoredError, match="V009"):
            make()
    (entry,) = store.journal()
    assert (entry.kind, entry.subject, entry.detail) == ("destroyed", subject, "1")
    assert store.keys.destroy(subject) == 2


def test_an_identifier_belongs_to_the_first_who_claims_it(place: Place):
    store, first, second = place.store(), uuid4(), uuid4()
    assert store.identifiers.claim("email", "a@x.org", first) == first
    assert store.identifiers.claim("email", "a@x.org", second) == first
    assert store.identifiers.holder("phone", "a@x.org") is None
    store.identifiers.release("email", "a@x.org", second)
    assert store.identifiers.holder("email", "a@x.org") == first
    store.identifiers.release("email", "a@x.org", first)
    assert place.store().identifiers.holder("email", "a@x.org") is None


def test_the_same_address_has_another_digest_in_another_store_and_kind(
    place: Place, tmp_path: Path
):
    other = Place(tmp_path / "other")
    for one in (place, other):
        one.store().identifiers.claim("email", "a@x.org", uuid4())
        one.store().identifiers.claim("username", "a@x.org", uuid4())
    digests = {
        bytes(row[0])
        for one in (place, other)
        for row in one.store().database.read("SELECT digest FROM identifier")
    }
    assert len(digests) == 4


# many at once


def test_threads_that_make_one_key_get_one_key(place: Place):
    store, subject = place.store(), uuid4()
    made: set[bytes] = set()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        made.add(store.keys.find_or_make(subject, "p2y").id)
        store.database.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def _start_and_make(place: Place, subject: Any, found: Any) -> None:
    found.put(place.store().keys.find_or_make(subject, "p2y").id)


def test_processes_that_start_one_store_at_once_share_one_master_and_one_key(place: Place):
    context = multiprocessing.get_context("fork")
    found, subject = context.Queue(), uuid4()
    workers = [
        context.Process(target=_start_and_make, args=(place, subject, found)) for _ in range(5)
    ]
    for worker in workers:
        worker.start()
    ids = {found.get(timeout=30) for _ in workers}
    for worker in workers:
        worker.join()
    assert len(ids) == 1
    assert FileMasterKeys(place.secret).versions() == (1,)


def _use(store: KeyStore, subject: Any, found: Any) -> None:
    found.put(store.keys.find_or_make(subject, "p2y").id)
    store.keys.find_or_make(uuid4(), "p2y")


def test_a_forked_child_uses_connections_of_its_own(place: Place):
    context = multiprocessing.get_context("fork")
    store, found, subject = place.store(), context.Queue(), uuid4()
    key = store.keys.find_or_make(subject, "p2y")
    workers = [context.Process(target=_use, args=(store, subject, found)) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert {found.get(timeout=30) for _ in workers} == {key.id}
    for worker in workers:
        worker.join()
    assert store.keys.find(subject, "p2y") is not None
    assert len(store.database.read("SELECT 1 FROM subject_key")) == 4


def test_a_server_that_dropped_the_connection_is_asked_again(place: Place):
    if WORLD.engine != "postgresql":
        pytest.skip("SQLite has no server")
    store, subject = place.store(), uuid4()
    key = store.keys.find_or_make(subject, "p2y")
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    )
    with pytest.raises(VaultError, match="V019"):
        write(store, end)
    found = store.keys.find(subject, "p2y")
    assert found is not None
    assert found.id == key.id


# starting


def test_another_master_key_than_the_stores_own_is_refused(place: Place):
    place.store()
    FileMasterKeys(place.secret).destroy(1)
    with pytest.raises(MisconfiguredError, match="V004"):
        place.store()
    FileMasterKeys(place.secret).make(1)
    with pytest.raises(MisconfiguredError, match="another key"):
        place.store()


def test_a_store_of_another_shape_is_refused(place: Place):
    write(place.store(), "UPDATE shape SET version = 99")
    with pytest.raises(MisconfiguredError, match=r"V008.*99"):
        place.store()


def test_a_store_that_cannot_be_reached_says_so(tmp_path: Path):
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(VaultError, match="V019"):
        KeyStore(
            SQLiteDatabase(tmp_path / "keys" / "keys.sqlite3"),
            FileMasterKeys(tmp_path / "secret"),
            production=False,
        )


def test_master_keys_from_the_environment(place: Place):
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    masters = EnvironmentMasterKeys({"KEPT_MASTER_KEY_1": key})
    subject = uuid4()
    made = place.store(masters=masters, production=True).keys.find_or_make(subject, "p2y")
    again = place.store(masters=masters, production=True).keys.find_or_make(subject, "p2y")
    assert made.id == again.id
    assert not place.secret.exists()
    with pytest.raises(MisconfiguredError, match=r"V004.*KEPT_MASTER_KEY_1"):
        place.store(masters=EnvironmentMasterKeys({}))
    wrong = EnvironmentMasterKeys({"KEPT_MASTER_KEY_1": "c2hvcnQ="})
    with pytest.raises(MisconfiguredError, match="32 bytes"):
        place.store(masters=wrong)


def test_without_any_master_key_the_environment_provider_makes_none(place: Place):
    with pytest.raises(MisconfiguredError, match=r"V017.*KEPT_MASTER_KEY_1"):
        place.store(masters=EnvironmentMasterKeys({}))


def test_files_and_folders_are_for_their_owner_only(place: Place):
    place.store().keys.find_or_make(uuid4(), "p2y")
    paths = [place.secret, *place.secret.rglob("*")]
    if WORLD.engine == "sqlite":
        paths += [place.root / "keys", *(place.root / "keys").iterdir()]
    assert len(paths) > 2
    assert {path.stat().st_mode & 0o077 for path in paths} == {0}


# start-up refusals


@pytest.fixture
def roots(tmp_path: Path) -> dict[str, Path]:
    made = {name: tmp_path / f"of-{name}" / name for name in ("data", "keys", "secret")}
    for path in made.values():
        path.mkdir(parents=True)
        path.chmod(0o700)
    return made


def found(roots: dict[str, Path]) -> list[str]:
    listed = list(problems(list(roots.items()), [roots["keys"], roots["secret"]]))
    return [problem.code.id for problem in listed]


def test_roots_apart_and_private_are_fine(roots: dict[str, Path]):
    assert found(roots) == []


def test_roots_that_share_a_parent_are_refused(roots: dict[str, Path], tmp_path: Path):
    roots["keys"] = tmp_path / "of-data" / "keys"
    assert found(roots) == ["V005"]


def test_a_root_beside_the_parent_of_another_is_refused(roots: dict[str, Path], tmp_path: Path):
    roots["keys"] = tmp_path / "of-data" / "private" / "keys"
    assert found(roots) == ["V005"]


def test_roots_in_one_another_are_refused(roots: dict[str, Path]):
    roots["keys"] = roots["data"] / "keys"
    assert "V005" in found(roots)


def test_a_link_does_not_hide_a_shared_parent(roots: dict[str, Path], tmp_path: Path):
    link = tmp_path / "elsewhere"
    link.symlink_to(tmp_path / "of-data")
    roots["keys"] = link / "keys"
    assert found(roots) == ["V005"]


@pytest.mark.parametrize("name", ["data", "keys", "secret"])
@pytest.mark.parametrize("mode", [0o750, 0o701, 0o755])
def test_wide_folders_are_refused(roots: dict[str, Path], name: str, mode: int):
    roots[name].chmod(mode)
    assert found(roots) == ["V006"]


@pytest.mark.parametrize("name", ["keys", "secret"])
def test_wide_files_are_refused(roots: dict[str, Path], name: str):
    folder = roots[name] / "deep"
    folder.mkdir(mode=0o700)
    (folder / "a.key").write_text("x")
    (folder / "a.key").chmod(0o640)
    assert found(roots) == ["V006"]
    (folder / "a.key").chmod(0o600)
    assert found(roots) == []


@pytest.mark.django_db
def test_keys_in_the_cluster_of_the_data_are_refused(settings: Any):
    if WORLD.engine != "postgresql":
        pytest.skip("needs PostgreSQL")
    from kept.vault.keystore import start_problems
    from tests.postgres import Cluster

    assert not [p for p in start_problems() if "cluster" in str(p)]
    data = Cluster(Path(os.environ["KEPT_TEST_PG_DATA"]))
    settings.KEPT = {**settings.KEPT, "KEYS": data.url()}
    assert [p.code.id for p in start_problems() if "cluster" in str(p)] == ["V005"]


@pytest.mark.parametrize(
    "case",
    [
        ("of-data/data/db.sqlite3", []),
        ("of-database/db.sqlite3", []),
        ("of-keys/keys/db.sqlite3", ["V005"]),
        ("of-secret/secret/deep/db.sqlite3", ["V005"]),
        ("of-keys/db.sqlite3", ["V005"]),
        ("of-secret/site/db.sqlite3", ["V005"]),
    ],
)
def test_a_database_file_beside_or_among_the_keys_is_refused(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    roots: dict[str, Path],
    tmp_path: Path,
    case: tuple[str, list[str]],
):
    place, told = case
    from kept.vault.keystore import start, start_problems

    settings.KEPT = {**settings.KEPT, **{name.upper(): path for name, path in roots.items()}}
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / place)}
    monkeypatch.setattr(start, "django_settings", SimpleNamespace(DATABASES={"default": file}))
    assert [one.code.id for one in start_problems()] == told


@pytest.mark.django_db
def test_production_gives_no_key_where_the_roots_are_not_apart(settings: Any, tmp_path: Path):
    from kept.vault.keystore import keystore

    for name in ("data", "keys", "secret"):
        (tmp_path / name).mkdir(mode=0o700)
    apart = {
        "DATA": tmp_path / "data", "KEYS": tmp_path / "keys", "SECRET": tmp_path / "secret",
    }  # fmt: skip
    settings.KEPT = {**settings.KEPT, **apart, "PRODUCTION": True}
    with pytest.raises(MisconfiguredError, match="V005"):
        keystore()
    settings.KEPT = {**settings.KEPT, "PRODUCTION": False}
    assert keystore().master()[0] == 1


@pytest.mark.django_db
def test_the_system_check_says_it_as_an_error_in_production_and_as_a_note_before(settings: Any):
    from django.core.checks import ERROR, INFO

    from kept.vault.checks import roots

    assert {message.level for message in roots()} <= {INFO}
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}
    messages = roots()
    assert {message.level for message in messages} == {ERROR}
    assert "kept.V005" in {message.id for message in messages}
