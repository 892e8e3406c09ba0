"""Take what waits, append it to the tree in one batch, sign, and only then remove what waited.

Rules: an entry is taken because it waits, never because of its place in a sequence; what the tree
holds already is not appended again; the tree is signed before anything is removed from an outbox,
so that a crash at any point loses nothing and doubles nothing; one at a time, others wait.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from kept.ledger import appending, entries, heads, keys
from kept.ledger.entries import Entry, Macs
from kept.ledger.events import AnyEvent, Refused
from kept.ledger.sources import DataSource
from kept.ledger.store import Store, batches, recorded, store

LIMIT = 2000
"""Entries of one batch from each place."""
Place: TypeAlias = Literal["outbox", "inbox"]


def sequence_once(limit: int = LIMIT) -> int:
    """Append what waits, up to `limit` entries from each place; how many were taken.

    Raises `KeptError` L025 or L026, and signs nothing, where a data database proves that the tree
    was rolled back or forked.
    """
    ledger, macs = store(), appending.macs()
    sources = [DataSource(alias) for alias in heads.databases()]
    waiting = [source.waiting(limit) for source in sources]
    inbox = recorded.waiting(ledger, limit)
    taken = [entry for some in (*waiting, inbox) for entry in some]
    if not taken and not heads.news(ledger, macs):
        return 0
    ready = appending.prepare([entry for entry in taken if macs.hold(entry)], macs)
    with ledger.transaction(alone=True):
        known = recorded.known(ledger, [entry.mark for entry in taken])
        own = heads.watch(ledger, macs)
        own += _refuse(ledger, "outbox", [one for some in waiting for one in some], macs)
        own += _refuse(ledger, "inbox", inbox, macs)
        fresh = {one.entry.mark: one for one in ready if one.entry.mark not in known}
        made = entries.make([(event, None) for event in own], keys.mac_key())
        leaves = [*fresh.values(), *appending.prepare(made, macs)]
        batch = appending.append(ledger, leaves, macs) if leaves else batches.latest(ledger)
        recorded.settle(ledger, [entry.mark for entry in inbox])
    if batch is not None:
        for source, some in zip(sources, waiting, strict=True):
            source.settle([entry.mark for entry in some], batch, macs)
    return len(taken)


def _refuse(ledger: Store, place: Place, found: Sequence[Entry], macs: Macs) -> list[AnyEvent]:
    """Set edited entries aside; the event that says so."""
    edited = recorded.refuse(ledger, [one for one in found if not macs.hold(one)], place)
    return [Refused(place, edited)] if edited else []
