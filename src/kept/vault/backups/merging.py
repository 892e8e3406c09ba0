"""Bringing the keys of a backup into the key store. It adds, it never replaces.

Rules: the backup's journal comes first; a key whose subject's destruction is known is left out, of
statutory classes apart; every key is unwrapped as what it says it is and wrapped by the store's
current master; what the store has already stays; may be done again after a crash. Denials, holds
and suppressions come along only where the store is new: another one knows which were lifted since.
"""

from pathlib import Path
from uuid import UUID

from kept._kit.errors import KeptError
from kept.vault.backups.errors import OTHER_STORE
from kept.vault.backups.keys import NAME, TABLES, insertion, pages, reading
from kept.vault.backups.manifest import Told
from kept.vault.errors import NO_MASTER, MisconfiguredError
from kept.vault.keystore import KeyStore
from kept.vault.keystore.database import Row, Writer
from kept.vault.keystore.journal import DESTROYED, is_destroyed
from kept.vault.keystore.sparing import outlives
from kept.vault.keystore.wrapping import for_kind, for_subject


def is_new(store: KeyStore) -> bool:
    """True where the store has held nothing yet: it was lost, and this is a fresh one."""
    rows = store.database.read(
        "SELECT 1 FROM subject_key UNION SELECT 1 FROM blind_key UNION SELECT 1 FROM journal"
    )
    return not rows


def require_masters(folder: Path, store: KeyStore) -> None:
    """Raise `MisconfiguredError` V004 where a master key that the backup needs is gone."""
    there = store.masters.versions()
    with reading(folder / NAME) as source:
        needed = source.run("SELECT master FROM subject_key UNION SELECT master FROM blind_key")
    gone = ", ".join(f"`{version}`" for (version,) in sorted(needed) if version not in there)
    if gone:
        raise MisconfiguredError(
            NO_MASTER, f"the backup's keys are wrapped by master key {gone}, which is not there",
            place=str(folder),
            do="use a backup of keys from after the last rotation; an older one opens only where "
            "that master key was not destroyed",
        )  # fmt: skip


def merge(folder: Path, store: KeyStore, told: Told, *, new: bool) -> int:
    """Bring the backup in `folder` into `store`; how many subjects' keys came back.

    Raises `KeptError` V036 where its kinds of identifiers have other keys than the store's, V004
    where its master key is destroyed (`require_masters` tells before anything is changed).
    """
    added = done = 0
    with reading(folder / NAME) as source:
        total = source.run("SELECT COUNT(*) FROM subject_key")[0][0]
        for some in pages(source, "journal"):
            _journal(store, [row for row in some if new or row[1] == DESTROYED])
        for some in pages(source, "blind_key"):
            _kinds(store, some)
        for some in pages(source, "subject_key"):
            added += _keys(store, some)
            done += len(some)
            told(done, total)
        for some in pages(source, "identifier"):
            _identifiers(store, some)
        if new:
            for some in pages(source, "suppression"):
                _suppressions(store, some)
        _position(store, source)
    return added


def _journal(store: KeyStore, rows: list[Row]) -> None:
    with store.database.write() as writer:
        for row in rows:
            writer.run(insertion("journal", TABLES["journal"]), row)


def _suppressions(store: KeyStore, rows: list[Row]) -> None:
    with store.database.write() as writer:
        for row in rows:
            writer.run(insertion("suppression", TABLES["suppression"]), row)


def _position(store: KeyStore, source: Writer) -> None:
    then = source.run("SELECT number FROM position")[0][0]
    with store.database.write() as writer:
        writer.run("UPDATE position SET number = ? WHERE number < ?", (then, then))


def _kinds(store: KeyStore, rows: list[Row]) -> None:
    for kind, master, wrapped in rows:
        key = store.wrapping.unwrap(wrapped, for_kind(kind), master)
        with store.database.write() as writer:
            writer.serialise(for_kind(kind))
            found = writer.run("SELECT master, wrapped FROM blind_key WHERE kind = ?", (kind,))
            if not found:
                current = writer.current_master() or 0
                again = store.wrapping.wrap(key, for_kind(kind), current)
                writer.run(insertion("blind_key", TABLES["blind_key"]), (kind, current, again))
            elif store.wrapping.unwrap(bytes(found[0][1]), for_kind(kind), found[0][0]) != key:
                raise KeptError(
                    OTHER_STORE, f"`{kind}` has another key here",
                    do="move this key store away where it is not the site's, then restore again",
                )  # fmt: skip


def _keys(store: KeyStore, rows: list[Row]) -> int:
    added = 0
    with store.database.write() as writer:
        current = writer.current_master() or 0
        for id, subject, keep, master, wrapped, made in rows:
            owner = UUID(bytes=subject)
            if is_destroyed(writer, owner) and not outlives(writer.run, owner, keep):
                continue
            known = writer.run("SELECT 1 FROM subject_key WHERE id = ?", (id,))
            if known:
                continue
            bound_to = for_subject(id, subject, keep)
            key = store.wrapping.unwrap(wrapped, bound_to, master)
            again = store.wrapping.wrap(key, bound_to, current)
            values = (id, subject, keep, current, again, made)
            writer.run(insertion("subject_key", TABLES["subject_key"]), values)
            added += 1
    return added


def _identifiers(store: KeyStore, rows: list[Row]) -> None:
    with store.database.write() as writer:
        for kind, digest, subject in rows:
            if not is_destroyed(writer, UUID(bytes=subject)):
                writer.run(insertion("identifier", TABLES["identifier"]), (kind, digest, subject))
