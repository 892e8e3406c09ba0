"""Take what waits, append it to the tree in one batch, sign, and only then remove what waited.

Rules: an entry is taken because it waits, never because of its place in a sequence; what the tree
holds already is not appended again; the tree is signed before anything is removed from an outbox,
so that a crash at any point loses nothing and doubles nothing; one at a time, others wait.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from kept.ledger import appending, entries, flows, heads, keys
from kept.ledger.appending import Ready
from kept.ledger.entries import Entry, Macs
from kept.ledger.events import AnyEvent, Refused
from kept.ledger.sources import DataSource
from kept.ledger.store import Store, batches, recorded, store

LIMIT = 5000
"""Entries of one batch from each place."""
Place: TypeAlias = Literal["outbox", "inbox"]


class Taken(NamedTuple):
    """What was found waiting, before any lock."""

    ready: Ready
    edited: dict[Place, list[Entry]]
    inbox: list[bytes]
    """The marks that leave the inbox."""


def sequence_once(limit: int = LIMIT) -> int:
    """Append what waits, up to `limit` entries from each place; how many were taken.

    Raises `KeptError` and signs nothing: L025 or L026 where a data database proves that the tree
    was rolled back or forked, L023 or L031 where it is not the one that was signed last.
    """
    ledger, macs = store(), keys.macs()
    sources = [DataSource(alias) for alias in heads.databases()]
    waiting = [source.waiting(limit) for source in sources]
    outbox = [entry for some in waiting for entry in some.entries]
    inbox = recorded.waiting(ledger, limit)
    if not outbox and not inbox and not heads.news(ledger, macs):
        return 0
    taken = _taken(outbox, inbox, macs)
    try:
        batch = _append(ledger, taken, macs)
    except ledger.taken:  # a crash, another sequencer or a restored copy: some are recorded already
        batch = _append(ledger, taken, macs, carefully=True)
    if batch is not None:
        for source, some in zip(sources, waiting, strict=True):
            source.settle(some.ids, batch, macs)
    return len(outbox) + len(inbox)


def _taken(outbox: list[Entry], inbox: list[Entry], macs: Macs) -> Taken:
    held = [entry for entry in (*outbox, *inbox) if macs.hold(entry)]
    edited: dict[Place, list[Entry]] = {"outbox": [], "inbox": []}
    if len(held) < len(outbox) + len(inbox):
        edited["outbox"] = [entry for entry in outbox if not macs.hold(entry)]
        edited["inbox"] = [entry for entry in inbox if not macs.hold(entry)]
    return Taken(appending.prepare(held, macs), edited, [entry.mark for entry in inbox])


def _append(
    ledger: Store, taken: Taken, macs: Macs, *, carefully: bool = False
) -> batches.Batch | None:
    """One transaction. `carefully`: leave out what is recorded; else that raises `ledger.taken`."""
    with ledger.transaction(alone=True):
        own = heads.watch(ledger, macs)
        for place, edited in taken.edited.items():
            own += _refuse(ledger, place, edited)
        ready = taken.ready
        if carefully:
            ready = ready.without(recorded.known(ledger, [one.mark for one in ready.entries]))
        flows.noted(type(event) for event in own)
        mine = appending.prepare(entries.make([(event, None) for event in own], macs)[0], macs)
        ready = Ready(ready.entries + mine.entries, ready.leaves + mine.leaves)
        recorded.keep(ledger, ready.entries)
        batch = appending.append(ledger, ready, macs) if ready.entries else batches.latest(ledger)
        recorded.settle(ledger, taken.inbox)
    return batch


def _refuse(ledger: Store, place: Place, edited: Sequence[Entry]) -> list[AnyEvent]:
    """Set edited entries aside; the event that says so."""
    aside = recorded.refuse(ledger, edited, place)
    return [Refused(place, aside)] if aside else []
