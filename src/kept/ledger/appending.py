"""Append one batch: entries become leaves, covers join them, a checkpoint is signed.

Rules: leaves stand in the order of their commitments, which are random, so that neither the order
of arrival nor of subjects survives; every batch holds covers, leaves that nobody can open, so that
those of an erased person cannot be found by elimination; an entry whose key is gone keeps its leaf.
"""

import os
import secrets
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from kept._kit import clock
from kept.ledger import entries, keys, sealing
from kept.ledger.entries import Entry, Macs
from kept.ledger.log import checkpoint, hashing, leaf
from kept.ledger.signing import Signer
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
    return [
        leaf.encode(entry.day, leaf.commit(one.nonce + one.event))
        for one in entries.openings(entry, plain)
    ]


def opened(found: Sequence[Entry]) -> list[bytes | None]:
    """The body of each entry, in order; None where the key is destroyed."""
    people = {who: UUID(bytes=who) for who in {entry.subject for entry in found} if who is not None}
    sealed = [(people[one.subject], one.body) for one in found if one.subject is not None]
    plains = iter(sealing.open_all(sealed))
    return [entry.body if entry.subject is None else next(plains) for entry in found]


def append(store: Store, ready: Ready, codes: Macs) -> batches.Batch:
    """Append the leaves of `ready` and covers, and sign; in the open transaction."""
    before = batches.latest(store)
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
