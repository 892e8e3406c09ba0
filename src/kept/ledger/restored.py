"""What a restored data database has lost, told and put on record.

Rules: the log says for ever that a database came back from an older copy; where the database's own
note of the tree shows it, the sequencer records it, else it is recorded here; events after the
moment of the copy are counted, those about people only while they open.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, TypeVar
from uuid import UUID

from kept.ledger import heads, keys
from kept.ledger.checking import contents
from kept.ledger.events import Event, RestoredFrom
from kept.ledger.log import leaf
from kept.ledger.now import record_now
from kept.ledger.sequencing import sequence_once
from kept.ledger.store import batches, recorded, store

E = TypeVar("E", bound=Event)
_EPOCH = date(1970, 1, 1)


def note_restored(what: Literal["data", "keys"]) -> int:
    """Record that `what` came back from a copy; how many recorded events came after it.

    Raises `KeptError` L025 or L026 where the copy proves that the ledger itself was rolled back.
    """
    ledger, macs = store(), keys.macs()
    last = batches.latest(ledger)
    if what == "keys":
        record_now(RestoredFrom("keys", last.size if last else 0, 0), None)
        sequence_once()
        return 0
    lost = 0
    for alias in heads.databases():
        found = heads.known(alias, macs)
        heads.require_ours(ledger, alias, found)
        lost += batches.events_after(ledger, found.batch)
        if found.batch >= heads.seen(ledger, alias):
            record_now(RestoredFrom("data", found.size, 0), None)
    sequence_once()
    return lost


def told_since(day: date, kinds: tuple[type[E], ...]) -> Iterator[tuple[date, UUID, E]]:
    """Day, person and event of each event of these kinds recorded on `day` or later, if it opens.

    Events of one day come in no order.
    """
    macs, first = keys.macs(), leaf.days(day)
    for page in recorded.walk(store()):
        recent = [one for one in page if one.day >= first and one.subject and macs.hold(one)]
        for entry, event in contents.told(recent):
            if isinstance(event, kinds) and entry.subject is not None:
                yield _EPOCH + timedelta(days=entry.day), UUID(bytes=entry.subject), event


def kinds_since(day: date) -> dict[str, int]:
    """How many events of each kind were recorded on `day` or later, of those that open."""
    found: Counter[str] = Counter()
    macs, first = keys.macs(), leaf.days(day)
    for page in recorded.walk(store()):
        recent = [one for one in page if one.day >= first and macs.hold(one)]
        found.update(type(event).__name__ for event in contents.events_of(recent))
    return dict(found)
