"""Entries against their codes, their number against the batches, and their events against leaves.

Rules: an entry whose code fails was edited; fewer entries than the batches hold means that some
are missing; an event that opens must stand in a leaf. Where a key is destroyed nothing opens, and
nothing is concluded from that.
"""

from collections.abc import Iterator

from kept.ledger import appending, entries
from kept.ledger.checking.findings import Report
from kept.ledger.entries import Entry, Macs
from kept.ledger.errors import EDITED_ENTRY, EDITED_OUTBOX, MISSING_ENTRY
from kept.ledger.events import AnyEvent, decode
from kept.ledger.store import Store, batches, leaves, recorded

_AT_ONCE = 400_000
"""Events looked for in one pass over the leaves; bounds the memory (about 60 MB)."""


def codes(found: list[Entry], macs: Macs, report: Report) -> list[Entry]:
    """Check the codes of entries; those that hold and still have a body."""
    report.saw("entries", len(found))
    whole = []
    for entry in found:
        if not entry.body and entry.subject is None and entry.mac == macs.forgotten(entry.mark):
            continue
        if macs.hold(entry):
            whole.append(entry)
        else:
            report.found(EDITED_ENTRY, f"entry `{entry.mark.hex()}`")
    return whole


def number(store: Store, report: Report) -> None:
    """As many events as the batches say."""
    _enough(store, sum(one.events for page in recorded.walk(store) for one in page), report)


def all_of_them(store: Store, macs: Macs, report: Report) -> None:
    """Every entry: code, number, and its leaf where it opens."""
    wanted: dict[bytes, bytes] = {}
    have = 0
    for page in recorded.walk(store):
        have += sum(one.events for one in page)
        for entry, plain in opened(codes(page, macs, report)):
            wanted.update(dict.fromkeys(appending.leaves_of(entry, plain), entry.mark))
        if len(wanted) >= _AT_ONCE:
            _find(store, wanted, report)
            wanted = {}
    if wanted:
        _find(store, wanted, report)
    _enough(store, have, report)


def events_of(found: list[Entry]) -> Iterator[AnyEvent]:
    """The events of the entries that open."""
    return (event for _, event in told(found))


def told(found: list[Entry]) -> Iterator[tuple[Entry, AnyEvent]]:
    """The events of the entries that open, each with its entry."""
    for entry, plain in opened(found):
        for one in entries.openings(entry, plain):
            yield entry, decode(one.event)


def opened(found: list[Entry]) -> list[tuple[Entry, bytes]]:
    """The entries that open, with their bodies in clear."""
    pairs = zip(found, appending.opened(found), strict=True)
    return [(entry, plain) for entry, plain in pairs if plain is not None]


def waiting(store: Store, macs: Macs, outbox: list[Entry], report: Report) -> None:
    """What waits was not edited, and what was is on the table of refused entries."""
    inbox = recorded.waiting(store, len(outbox) + 1000)
    report.saw("waiting", len(outbox) + len(inbox))
    edited = sum(not macs.hold(entry) for entry in (*outbox, *inbox))
    aside = store.row("SELECT count(*) FROM refused")
    if edited:
        report.found(EDITED_OUTBOX, f"`{edited}` waiting entries")
    if aside and aside[0]:
        report.found(
            EDITED_OUTBOX, f"`{aside[0]}` entries were set aside before they were recorded"
        )


def _enough(store: Store, have: int, report: Report) -> None:
    expected = batches.events_after(store)
    if have != expected:
        report.found(MISSING_ENTRY, f"`{have}` events of `{expected}`")


def _find(store: Store, wanted: dict[bytes, bytes], report: Report) -> None:
    report.saw("opened", len(wanted))
    for (data,) in store.rows("SELECT leaves FROM bundle ORDER BY number"):
        for one in leaves.split(bytes(data)):
            wanted.pop(one, None)
    for mark in wanted.values():
        report.found(EDITED_ENTRY, f"the event of entry `{mark.hex()}` stands in no leaf")
