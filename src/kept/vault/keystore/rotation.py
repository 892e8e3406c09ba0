"""A new master key: made, everything wrapped again, verified, the old one destroyed.

After that, nobody who holds old disks, logs or backups of the key store can open what was deleted
from it, even with today's master key. Rules: every step may be done again after a crash and goes on
where it stopped; an old master is destroyed only when nothing is wrapped by it and a backup under
the new one was made and verified by the caller; what the provider cannot destroy is said.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kept._kit import clock
from kept.vault.errors import NO_MASTER, MisconfiguredError
from kept.vault.keystore.database import Row, Writer
from kept.vault.keystore.store import KeyStore
from kept.vault.keystore.wrapping import for_kind, for_subject

_BATCH = 500
Progress = Callable[[int, int], None]
"""Told after each batch: keys wrapped again so far, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation came to."""

    master: int
    """The version in use now."""
    wrapped: int
    """Keys wrapped again by this call."""
    destroyed: tuple[int, ...]
    """Old versions that are gone."""
    by_hand: tuple[int, ...]
    """Old versions that the provider cannot destroy: the operator has to."""


def _quiet(done: int, total: int) -> None:
    """No progress wanted."""


def rotate(
    store: KeyStore, backup: Callable[[], object], *, progress: Progress = _quiet
) -> Rotation:
    """Replace the master key. `backup` makes and verifies a backup of the store, or raises.

    An interrupted rotation is finished first, with the master that it had begun.
    """
    if not unfinished(store):
        _renew(store)
    current, _ = store.master()
    wrapped = _wrap_again(store, current, progress)
    verify(store)
    backup()
    destroyed, by_hand = _retire(store)
    return Rotation(current, wrapped, destroyed, by_hand)


def verify(store: KeyStore) -> int:
    """Unwrap every key with the current master; how many. Raises where one does not open."""
    current, _ = store.master()
    checked, last = 0, b""
    while rows := store.database.read(
        "SELECT id, subject, keep, master, wrapped FROM subject_key WHERE id > ? "
        "ORDER BY id LIMIT ?",
        (last, _BATCH),
    ):
        for id, subject, keep, master, wrapped in rows:
            _same(master, current)
            bound_to = for_subject(bytes(id), bytes(subject), keep)
            store.wrapping.unwrap(bytes(wrapped), bound_to, master)
        checked, last = checked + len(rows), bytes(rows[-1][0])
    for kind, master, wrapped in store.database.read("SELECT kind, master, wrapped FROM blind_key"):
        _same(master, current)
        store.wrapping.unwrap(bytes(wrapped), for_kind(kind), master)
        checked += 1
    return checked


def _same(master: int, current: int) -> None:
    if master != current:
        raise MisconfiguredError(
            NO_MASTER, f"a key is still wrapped by version {master}", do="rotate again"
        )


def unfinished(store: KeyStore) -> bool:
    """Whether an old master key is not destroyed yet."""
    return bool(store.database.read("SELECT 1 FROM master WHERE state = 'old'"))


def _renew(store: KeyStore) -> None:
    """Make the next version and let it wrap what is made from now on."""
    version = store.master()[0] + 1
    store.masters.make(version)
    with store.database.write() as writer:
        if writer.run("SELECT 1 FROM master WHERE version = ?", (version,)):
            return  # another process rotates too
        writer.run("UPDATE master SET state = 'old' WHERE state = 'current'")
        writer.run(
            "INSERT INTO master (version, state, made, proof) VALUES (?, 'current', ?, ?)",
            (version, clock.today().isoformat(), store.wrapping.proof(version)),
        )


def _wrap_again(store: KeyStore, current: int, progress: Progress) -> int:
    done = 0
    total = store.database.read("SELECT COUNT(*) FROM subject_key")[0][0]
    while True:
        with store.database.write() as writer:
            rows = writer.run(
                "SELECT id, subject, keep, master, wrapped FROM subject_key WHERE master < ? "
                "LIMIT ?",
                (current, _BATCH),
            )
            for row in rows:
                _wrap_key(store, writer, row, current)
        if not rows:
            break
        done += len(rows)
        progress(done, total)
    with store.database.write() as writer:
        for kind, master, wrapped in writer.run(
            "SELECT kind, master, wrapped FROM blind_key WHERE master < ?", (current,)
        ):
            key = store.wrapping.unwrap(bytes(wrapped), for_kind(kind), master)
            again = store.wrapping.wrap(key, for_kind(kind), current)
            writer.run(
                "UPDATE blind_key SET wrapped = ?, master = ? WHERE kind = ?",
                (again, current, kind),
            )
            done += 1
    return done


def _wrap_key(store: KeyStore, writer: Writer, row: Row, current: int) -> None:
    id, subject, keep, master, wrapped = row
    bound_to = for_subject(bytes(id), bytes(subject), keep)
    key = store.wrapping.unwrap(bytes(wrapped), bound_to, master)
    # An erasure may have deleted the row meanwhile: then this changes nothing and makes nothing.
    writer.run(
        "UPDATE subject_key SET wrapped = ?, master = ? WHERE id = ? AND master = ?",
        (store.wrapping.wrap(key, bound_to, current), current, bytes(id), master),
    )


def _retire(store: KeyStore) -> tuple[tuple[int, ...], tuple[int, ...]]:
    destroyed, by_hand = [], []
    for (version,) in store.database.read("SELECT version FROM master WHERE state = 'old'"):
        if not store.masters.can_destroy and version in store.masters.versions():
            by_hand.append(version)
            continue
        store.masters.destroy(version)
        with store.database.write() as writer:
            writer.run(
                "UPDATE master SET state = 'destroyed', proof = ? WHERE version = ?",
                (b"", version),
            )
        destroyed.append(version)
    return tuple(destroyed), tuple(by_hand)
