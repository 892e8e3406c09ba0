"""Receipts from the ledger: an entry opened, and the proof that its leaf stands in the tree.

Rules: where a leaf stands is written down nowhere beside its subject; it is found again by its
commitment, from the day it was recorded on. A receipt is made for whoever may open the entry.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from kept._kit.errors import KeptError
from kept.ledger import appending, entries, heads, keys
from kept.ledger.checking import contents
from kept.ledger.entries import Entry
from kept.ledger.errors import ABSENT, EDITED_ENTRY
from kept.ledger.log import leaf, receipt, tree
from kept.ledger.sources import DataSource
from kept.ledger.store import Store, batches, finding, leaves, recorded, store

_EPOCH = date(1970, 1, 1)
_AT_ONCE = 5_000
"""Events whose leaves are looked for together."""


class Waits(NamedTuple):
    """An event that has no receipt yet; `nonce` tells it from others that say the same."""

    day: date
    nonce: bytes
    event: bytes


def receipt_of(mark: UUID) -> bytes:
    """The receipt of the event that `record` marked.

    Raises `KeptError` L011 while it waits, or when its key is destroyed.
    """
    ledger = store()
    entry = recorded.marked(ledger, mark.bytes)
    place = int.from_bytes(mark.bytes[-entries.PLACE :], "big")
    made = _receipts(ledger, [entry] if entry else [])
    if place >= len(made):
        raise KeptError(ABSENT, f"no event `{mark}` that can be opened")
    return receipt.dumps(made[place])


def receipts_about(subject: UUID) -> list[bytes]:
    """The receipts of everything recorded about a subject, by day."""
    return [receipt.dumps(one) for one in each_receipt_about(subject)]


def each_receipt_about(subject: UUID) -> Iterator[receipt.Receipt]:
    """The same one by one, a few thousand in memory at a time, however many there are."""
    ledger = store()
    for some in _some(recorded.marks_about(ledger, subject)):
        yield from _receipts(ledger, recorded.with_marks(ledger, some))


def each_waiting_about(subject: UUID) -> Iterator[Waits]:
    """What was recorded about a subject and is not in the signed tree yet, by day."""
    ledger, macs = store(), keys.macs()
    waits = [*recorded.waiting_about(ledger, subject)]
    for alias in heads.databases():
        waits += DataSource(alias).waiting_about(subject)
    whole = [entry for entry in waits if macs.hold(entry)]
    known = recorded.known(ledger, [entry.mark for entry in whole])
    fresh = sorted(entry for entry in whole if entry.mark not in known)
    for entry, plain in contents.opened(fresh):
        for nonce, event in entries.openings(entry, plain):
            yield Waits(_EPOCH + timedelta(days=entry.day), nonce, event)


def forget(subject: UUID) -> int:
    """Throw away what is kept of an erased subject's entries; their leaves stay. How many.

    Called when the subject's rows are purged, after the key was destroyed.
    """
    ledger, macs = store(), keys.macs()
    with ledger.transaction():
        found = recorded.marks_about(ledger, subject)
        recorded.blank(ledger, subject, [(mark, macs.forgotten(mark)) for mark in found])
    return len(found)


def forget_many(subjects: Sequence[UUID]) -> int:
    """The same for many in one transaction: a durable commit, not one for each of them."""
    ledger, macs = store(), keys.macs()
    by_subject: dict[UUID, list[tuple[bytes, bytes]]] = defaultdict(list)
    with ledger.transaction():
        for one in recorded.about_many(ledger, [subject.bytes for subject in subjects]):
            if one.subject is not None:
                by_subject[UUID(bytes=one.subject)].append((one.mark, macs.forgotten(one.mark)))
        for subject, marks in by_subject.items():
            recorded.blank(ledger, subject, marks)
    return sum(map(len, by_subject.values()))


def _some(marks: list[bytes]) -> Iterator[list[bytes]]:
    """Marks by day, so many at a time that their events are about `_AT_ONCE`."""
    some: list[bytes] = []
    events = 0
    for mark in marks:
        some.append(mark)
        events += entries.events_of(mark)
        if events >= _AT_ONCE:
            yield some
            some, events = [], 0
    if some:
        yield some


def _receipts(ledger: Store, found: Iterable[Entry]) -> list[receipt.Receipt]:
    last = batches.latest(ledger)
    opened = contents.opened([entry for entry in found if entry.body])
    if last is None:
        return []
    told = [
        (entry, one, leaf.encode(entry.day, leaf.commit(one.nonce + one.event)))
        for entry, plain in opened
        for one in entries.openings(entry, plain)
    ]
    places = finding.find_all(ledger, {one: entry.day for entry, _, one in told}, last.size)
    tiles = tree.Overlay(leaves.StoredTiles(ledger))
    key = str(appending.signer().public)
    made = []
    for entry, opening, wanted in told:
        if wanted not in places:
            mark = entry.mark.hex()
            raise KeptError(EDITED_ENTRY, f"the event of entry `{mark}` stands in no leaf")
        one = receipt.Receipt(
            event=opening.event,
            nonce=opening.nonce,
            day=_EPOCH + timedelta(days=entry.day),
            index=places[wanted],
            proof=tuple(tree.inclusion(tiles, places[wanted], last.size)),
            checkpoint=last.note,
            key=key,
        )
        made.append(one)
    return made
