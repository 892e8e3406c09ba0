"""Append one batch: entries become leaves, covers join them, a checkpoint is signed.

Rules: leaves stand in the order of their commitments, which are random, so that neither the order
of arrival nor of subjects survives; every batch holds covers, leaves that nobody can open, so that
those of an erased person cannot be found by elimination; an entry whose key is gone keeps its leaf.
"""

import os
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from kept._kit import clock
from kept.conf import settings
from kept.ledger import entries, keys, sealing
from kept.ledger.entries import Entry, Macs
from kept.ledger.log import checkpoint, hashing, leaf
from kept.ledger.signing import Signer
from kept.ledger.store import Store, batches, leaves, recorded

COVERS = (4, 8)
"""Cover leaves of a batch: at least the first, fewer than the second."""


class Ready(NamedTuple):
    """An entry and its leaf."""

    entry: Entry
    leaf: bytes


def prepare(genuine: Sequence[Entry], macs: Macs) -> list[Ready]:
    """The leaves of entries, opened with the subjects' keys. Done before any lock is taken."""
    sealed = [(entry.subject, entry.body) for entry in genuine if entry.subject is not None]
    opened = iter(sealing.open_all(sealed))
    ready = []
    for entry in genuine:
        plain = entry.body if entry.subject is None else next(opened)
        ready.append(_closed(entry, macs) if plain is None else _open(entry, plain))
    return ready


def append(store: Store, ready: Sequence[Ready], macs: Macs) -> batches.Batch:
    """Append the leaves of `ready` and covers, and sign; in the open transaction."""
    before = batches.latest(store)
    first, number = (before.size, before.number + 1) if before else (0, 1)
    added = [one.leaf for one in ready] + _covers(ready)
    added.sort(key=_commitment)
    root = leaves.append(store, first, added)
    size, day = first + len(added), leaf.days(clock.today())
    note = checkpoint.sign(checkpoint.Checkpoint(settings().ledger_origin, size, root), signer())
    batch = batches.Batch(number, first, size, len(ready), day, root, note, b"")
    batch = batch._replace(mac=macs.of_parts(b"batch", *batch.parts()))
    recorded.keep(store, [one.entry for one in ready])
    batches.add(store, batch)
    return batch


def signer() -> Signer:
    """The log's signer, named as its origin."""
    return Signer(settings().ledger_origin, keys.signing_seed())


def macs() -> Macs:
    """The codes of this ledger's entries."""
    return Macs(keys.mac_key())


def _open(entry: Entry, plain: bytes) -> Ready:
    nonce, event = entries.opening(plain)
    return Ready(entry, leaf.encode(entry.day, leaf.commit(nonce, event)))


def _closed(entry: Entry, macs: Macs) -> Ready:
    """The leaf of an entry whose key was destroyed while it waited: nobody can open it."""
    emptied = entry._replace(subject=None, body=b"", mac=macs.forgotten(entry.mark))
    return Ready(emptied, leaf.encode(entry.day, os.urandom(hashing.SIZE)))


def _covers(ready: Sequence[Ready]) -> list[bytes]:
    count = COVERS[0] + secrets.randbelow(COVERS[1] - COVERS[0])
    return [
        leaf.encode(secrets.choice(ready).entry.day, os.urandom(hashing.SIZE)) for _ in range(count)
    ]


def _commitment(data: bytes) -> bytes:
    return data[-hashing.SIZE :]
