"""Which checks run when: a bounded round at start, slices in idle time, everything on demand."""

import os
from collections.abc import Iterator

from kept.ledger import appending, heads, keys, signing
from kept.ledger.checking import contents, reconciling, trees, witnesses
from kept.ledger.checking.findings import Report
from kept.ledger.entries import Entry, Macs
from kept.ledger.sources import DataSource
from kept.ledger.store import Store, batches, recorded, store

RECENT = 16_384
"""Leaves that are checked at every start, the newest ones."""
SAMPLE = 4000
"""Entries that are checked at every start, from a random place on."""
SLICE = 64
"""Batches of one slice."""
_ALL = 1_000_000
"""More than ever waits."""


def at_start() -> Report:
    """What can be checked in bounded time.

    The newest leaves, a sample of entries, all memories, and of every effect a sample of rows;
    every row and every event where the log is small.
    """
    report, ledger, macs = Report(), store(), keys.macs()
    last = batches.latest(ledger)
    since = batches.reaching(ledger, max((last.size if last else 0) - RECENT, 0))
    with ledger.snapshot():
        check = _tree_check(ledger, macs, report)
        check.run(since.number - 1 if since else 0)
        check.end()
        _sample(ledger, macs, report)
    _memories(ledger, macs, report)
    small = batches.events_after(ledger) <= SAMPLE
    reconcile = reconciling.whole if small else reconciling.sample
    reconcile(ledger, macs, lambda: waiting(ledger), report)
    return report


def whole() -> Report:
    """Everything: each leaf, tile, batch, checkpoint, entry, memory, and each effect's event."""
    report, ledger, macs = Report(), store(), keys.macs()
    with ledger.snapshot():
        check = _tree_check(ledger, macs, report)
        check.run(0)
        check.end()
        contents.all_of_them(ledger, macs, report)
    _memories(ledger, macs, report)
    reconciling.whole(ledger, macs, lambda: waiting(ledger), report)
    return report


def slices() -> Iterator[Report]:
    """Endlessly: one slice of the log after the other, from a random place on."""
    done, mark = 0, os.urandom(16)
    while True:
        report, ledger, macs = Report(), store(), keys.macs()
        reached = _tree_check(ledger, macs, report).run(done, SLICE)
        done = reached if reached > done else 0
        page = recorded.page(ledger, mark, SAMPLE // 4)
        contents.codes(page, macs, report)
        mark = page[-1].mark if page else b""
        yield report


def _tree_check(ledger: Store, macs: Macs, report: Report) -> trees.TreeCheck:
    verifier = signing.Verifier(appending.signer().public)
    return trees.TreeCheck(ledger, macs, verifier, keys.origin(), report)


def _sample(ledger: Store, macs: Macs, report: Report) -> None:
    start = os.urandom(16)
    page = recorded.page(ledger, start, SAMPLE)
    if len(page) < SAMPLE:
        page += [one for one in recorded.page(ledger, b"", SAMPLE) if one.mark <= start]
    contents.codes(page, macs, report)
    if batches.events_after(ledger) <= SAMPLE:
        contents.number(ledger, report)


def _outbox(limit: int = _ALL) -> list[Entry]:
    return [one for alias in heads.databases() for one in DataSource(alias).waiting(limit).entries]


def waiting(ledger: Store) -> list[Entry]:
    """What is recorded and not in the tree yet."""
    return _outbox() + recorded.waiting(ledger, _ALL)


def _memories(ledger: Store, macs: Macs, report: Report) -> None:
    outbox = _outbox(SAMPLE)
    contents.waiting(ledger, macs, outbox, report)
    witnesses.databases(ledger, macs, report)
    verifier = signing.Verifier(appending.signer().public)
    witnesses.anchored(ledger, verifier, keys.origin(), report)
