"""Append one batch: entries become leaves, covers join them, a checkpoint is signed.

Rules: leaves stand in the order of their commitments, which are random, so that neither the order
of arrival nor of subjects survives; every batch holds covers, leaves that nobody can open, so that
those of an erased person cannot be found by elimination; an entry whose key is gone keeps its leaf;
nothing is signed over a tree that is not the one signed last.
"""

import os
import secrets
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.ledger import entries, keys, sealing
from kept.ledger.entries import Entry, Macs
from kept.ledger.errors import EDITED_BATCH, EDITED_LEAF
from kept.ledger.log import checkpoint, hashing, leaf, tree
from kept.ledger.log.errors import LogError
from kept.ledger.signing import Signer, Verifier
from kept.ledger.store import Store, batches, leaves

COVERS = (4, 8)
"""Cover leaves of a batch: at least the first, fewer than the second."""


class Ready(NamedTuple):
    """Entries and, in the same order, the leaves of each."""

    entries: list[Entry]
    leaves: list[list[bytes]]

    def without(self, marks: set[bytes]) -> "Ready":
        """Those whose marks are not among `marks`, each once."""
        rest = {
            entry.mark: (entry, one)
            for entry, one in zip(self.entries, self.leaves, strict=True)
            if entry.mark not in marks
        }
        return Ready([entry for entry, _ in rest.values()], [one for _, one in rest.values()])


def prepare(genuine: Sequence[Entry], codes: Macs) -> Ready:
    """The leaves of entries, opened with the subjects' keys. Done before any lock is taken."""
    ready = Ready([], [])
    for entry, plain in zip(genuine, opened(genuine), strict=True):
        if plain is None:
            emptied = entry._replace(subject=None, body=b"", mac=codes.forgotten(entry.mark))
            ready.entries.append(emptied)
            ready.leaves.append([_nobodys(entry.day) for _ in range(entry.events)])
        else:
            ready.entries.append(entry)
            ready.leaves.append(leaves_of(entry, plain))
    return ready


def leaves_of(entry: Entry, plain: bytes) -> list[bytes]:
    """The leaves of an opened entry, one per event."""
    return leaf.of(entry.day, entries.plains(entry, plain))


def opened(found: Sequence[Entry]) -> list[bytes | None]:
    """The body of each entry, in order; None where the key is destroyed."""
    about = [(who, body) for _, who, _, body, _ in found if who is not None]
    people = {who: UUID(bytes=who) for who in {who for who, _ in about}}
    plains = iter(sealing.open_all([(people[who], body) for who, body in about]))
    return [entry.body if entry.subject is None else next(plains) for entry in found]


def append(store: Store, ready: Ready, codes: Macs) -> batches.Batch:
    """Append the leaves of `ready` and covers, and sign; in the open transaction.

    Raises `KeptError` L023 or L031 where the newest tree is not the one that was signed.
    """
    before = batches.latest(store)
    if before is not None:
        _require_signed(store, before, codes)
    first, number = (before.size, before.number + 1) if before else (0, 1)
    added = [one for some in ready.leaves for one in some]
    events = len(added)
    added += _covers(ready)
    added.sort(key=_commitment)
    root = leaves.append(store, first, added)
    size, day = first + len(added), leaf.days(clock.today())
    note = checkpoint.sign(checkpoint.Checkpoint(keys.origin(), size, root), signer())
    batch = batches.Batch(number, first, size, events, day, root, note, b"")
    batch = batch._replace(mac=codes.of_parts(b"batch", *batch.parts()))
    batches.add(store, batch)
    return batch


def _require_signed(store: Store, before: batches.Batch, codes: Macs) -> None:
    """The leaves that would be continued lead to the root that was signed: code or note vouch."""
    try:
        root = tree.root(leaves.StoredTiles(store), before.size)
    except LogError as error:
        raise KeptError(EDITED_LEAF, f"`{before.size}` leaves: {error.message}") from error
    if root != before.root:
        raise KeptError(EDITED_LEAF, f"the `{before.size}` leaves lead to another root than signed")
    if before.mac != codes.of_parts(b"batch", *before.parts()) and not _is_signed(before):
        raise KeptError(EDITED_BATCH, f"batch `{before.number}`")


def _is_signed(batch: batches.Batch) -> bool:
    try:
        verifier = Verifier(signer().public)
        head = checkpoint.verify(batch.note.encode(), [verifier], keys.origin())
    except LogError:
        return False
    return (head.size, head.root) == (batch.size, batch.root)


def signer() -> Signer:
    """The log's signer, named as its origin."""
    return Signer(keys.origin(), keys.signing_seed())


def _covers(ready: Ready) -> list[bytes]:
    count = COVERS[0] + secrets.randbelow(COVERS[1] - COVERS[0])
    return [_nobodys(secrets.choice(ready.entries).day) for _ in range(count)]


def _nobodys(day: int) -> bytes:
    """A leaf that nobody can open."""
    return leaf.encode(day, os.urandom(hashing.SIZE))


_commitment = itemgetter(slice(-hashing.SIZE, None))
