"""The process's key store, opened on first use from the `KEPT` setting.

Rules: in production every refusal of `safety` is raised before a key is given out; in development
it is a note. The store is opened once per process; its connections are per thread.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from kept.conf import Settings, settings
from kept.vault.errors import (
    UNFINISHED,
    UNKNOWN_PROVIDER,
    UNSAFE_ROOTS,
    MisconfiguredError,
    VaultError,
)
from kept.vault.keystore.database import Database
from kept.vault.keystore.masters import EnvironmentMasterKeys, FileMasterKeys, MasterKeys
from kept.vault.keystore.safety import Roots, problems, shared
from kept.vault.keystore.sqlite import SQLiteDatabase
from kept.vault.keystore.store import KeyStore

FILE = "keys.sqlite3"
RESTORE = "restore.json"
"""Stands in the data root from the first to the last step of a restore; no key is given then."""
_PEOPLE = "kept_vault_subject"
"""The people's table, by name: its model stands above the key store."""
_lock = threading.RLock()
_given: KeyStore | None = None


def keystore() -> KeyStore:
    """The key store. Raises `MisconfiguredError` where it is not safe or cannot start."""
    if _given is not None:
        return _given
    with _lock:  # `cache` alone would let two threads start it at once
        return _opened()


@contextmanager
def during_restore(*, new: bool) -> Iterator[KeyStore]:
    """The key store for the restore itself: an unfinished restore is no bar.

    `new`: its keys are about to come back, so that it may be an empty one beside our master keys
    and beside people.
    """
    configured = settings()
    store = _given or _open(configured, may_be_new=new)
    with _use(store):
        yield store


def refuse_unfinished() -> None:
    """Raise `MisconfiguredError` V035 while a restore is not finished."""
    marker = settings().data / RESTORE
    if marker.exists():
        raise MisconfiguredError(
            UNFINISHED, "people who were erased may be in the data", place=str(marker)
        )


@cache
def _opened() -> KeyStore:
    configured = settings()
    refuse_unfinished()
    if configured.production:
        for problem in start_problems():
            raise problem
    return _open(configured)


def _open(configured: Settings, *, may_be_new: bool = False) -> KeyStore:
    return KeyStore(
        _database(configured),
        masters_of(configured),
        production=configured.production and not may_be_new,
        is_needed=(lambda: False) if may_be_new else _data_tells_of_people,
    )


def _data_tells_of_people() -> bool:
    """Whether there is anybody, erased or not, in the data."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if _PEOPLE not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(f"SELECT 1 FROM {_PEOPLE} LIMIT 1")  # noqa: S608 - a constant
        return cursor.fetchone() is not None


def masters_of(configured: Settings) -> MasterKeys:
    """The provider that the host chose. Raises `MisconfiguredError` V016."""
    if configured.master_key == "file":
        return FileMasterKeys(configured.secret)
    if configured.master_key == "environment":
        return EnvironmentMasterKeys()
    raise MisconfiguredError(
        UNKNOWN_PROVIDER, f"`{configured.master_key}`", place="settings.KEPT MASTER_KEY"
    )


def start_problems() -> Iterator[MisconfiguredError]:
    """Everything that production refuses to start with, whatever `production` says now."""
    configured = settings()
    private = [("SECRET", configured.secret)]
    if _is_address(configured.keys):
        yield from _same_cluster(configured.keys)
    else:
        private.append(("KEYS", Path(configured.keys)))
    yield from problems([("DATA", configured.data), *private], [root for _, root in private])
    yield from _data_beside_keys(configured.data, private)


def _data_beside_keys(data: Path, private: Roots) -> Iterator[MisconfiguredError]:
    """An SQLite file of the host's own place counts as a root; one in the data root is that."""
    for alias, database in django_settings.DATABASES.items():
        if not str(database.get("ENGINE", "")).endswith("sqlite3"):
            continue
        place = Path(str(database["NAME"])).resolve()
        if any(root.resolve() in place.parents for _, root in private):
            yield MisconfiguredError(
                UNSAFE_ROOTS, f"database `{alias}` stands among the keys", place=str(place)
            )
        elif data.resolve() not in place.parents:
            for one in private:
                yield from shared([(f"database {alias}", place), one])


def _same_cluster(address: str) -> Iterator[MisconfiguredError]:
    from kept.vault.keystore.postgres import cluster_of, cluster_seen_by

    for alias in connections:
        if connections[alias].vendor != "postgresql":
            continue
        try:
            same = cluster_seen_by(connections[alias]) == cluster_of(address)
        except (DatabaseError, VaultError) as error:
            text = f"whether `KEYS` and database `{alias}` are in one cluster cannot be found out"
            yield MisconfiguredError(UNSAFE_ROOTS, text, place=type(error).__name__)
            continue
        if same:
            yield MisconfiguredError(
                UNSAFE_ROOTS,
                f"`KEYS` and database `{alias}` are in one PostgreSQL cluster",
                do="put the key store on a cluster that is backed up apart",
            )


def _database(configured: Settings) -> Database:
    if _is_address(configured.keys):
        from kept.vault.keystore.postgres import PostgresDatabase

        return PostgresDatabase(configured.keys)
    return SQLiteDatabase(Path(configured.keys) / FILE)


def _is_address(keys: str) -> bool:
    return keys.startswith(("postgresql://", "postgres://"))


@contextmanager
def only_for_testing_use(store: KeyStore) -> Iterator[KeyStore]:
    """Let the whole process use `store` while the block runs."""
    with _use(store):
        yield store


@contextmanager
def _use(store: KeyStore) -> Iterator[KeyStore]:
    global _given  # noqa: PLW0603 - one key store per process is the point
    before, _given = _given, store
    try:
        yield store
    finally:
        _given = before


def _forget(*, setting: str, **_: object) -> None:
    if setting in ("KEPT", "DEBUG"):
        _opened.cache_clear()


setting_changed.connect(_forget)
