"""Going on after the ledger's database was lost: a new log that says so, beside what is left.

Rules: only where somebody remembers a newer tree than the ledger holds, or it cannot be read; what
is left is put aside, never deleted; the new log has a name of its own, so that nobody can take its
checkpoints for the old one's; its first entry says which tree was lost; what stands in the data now
is entered as found, row by row; what still waited goes in. Each step may be done again after a
crash, and the sequencer finishes what one left.
"""

import sqlite3
from dataclasses import dataclass

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.ledger import anchors, appending, entries, heads, keys, signing
from kept.ledger.checking import effects, reconciling, rounds, witnesses
from kept.ledger.checking.findings import Report
from kept.ledger.errors import FORKED, NOT_LOST, TREE_BACK
from kept.ledger.events import Continued, Found
from kept.ledger.log import checkpoint
from kept.ledger.log.errors import LogError
from kept.ledger.now import record_now_many
from kept.ledger.sequencing import sequence_once
from kept.ledger.store import Store, aside, connect, recorded, store

_SAID, _FOUND = ":continued", ":found"
"""Names in `seen` (no database has them): the log whose loss is told, whose rows are entered."""
_MANY = 500


@dataclass(frozen=True, slots=True)
class Renewed:
    """What beginning anew came to."""

    log: int
    lost: int
    """Leaves of the lost log that somebody remembers."""
    rows: int
    """Rows that were entered as found."""
    aside: str
    """Where what was left of the old database stands; empty where nothing was."""


def begin_anew() -> Renewed:
    """Begin a new log. Raises `KeptError` L034 where the present one is not lost."""
    now = keys.log()
    if _is_lost():
        size, root = _remembered()
        connect.forget()
        where = aside.put(settings().ledger, now.number)
        keys.begin(keys.Log(now.number + 1, size, root, where))
    elif now.number == 1 or _is_told(store(), _FOUND):
        raise KeptError(NOT_LOST, f"log `{now.number}`")
    rows = go_on()
    begun = keys.log()
    return Renewed(begun.number, begun.size, rows, begun.aside)


def go_on() -> int:
    """Finish beginning a new log, where that was begun; how many rows were entered as found."""
    log = keys.log()
    if log.number == 1 or _is_told(store(), _FOUND):
        return 0
    ledger, macs = store(), keys.macs()
    if not _is_told(ledger, _SAID):
        said = Continued(log.number, log.size, log.root or None)
        made, _ = entries.make([(said, None)], macs)
        waited = [one for one in aside.waiting(ledger, log.aside) if macs.hold(one)]
        with ledger.transaction():
            recorded.receive(ledger, made)
            recorded.carry(ledger, waited)
            heads.note_seen(ledger, _SAID, log.number, macs)
    rows = _enter_rows(ledger)
    while sequence_once():
        pass
    anchors.publish()
    heads.note_seen(ledger, _FOUND, log.number, macs)
    return rows


def _enter_rows(ledger: Store) -> int:
    done = 0
    found = reconciling.compared(ledger, keys.macs(), lambda: rounds.waiting(ledger))
    for one in effects.registered():
        ids = found.alone(one)
        for at in range(0, len(ids), _MANY):
            rows = one.rows().filter(pk__in=ids[at : at + _MANY])
            pairs = list(rows.values_list("pk", one.subject))
            record_now_many((Found(one.slug, row), subject) for row, subject in pairs)
            done += len(pairs)
    return done


def _is_told(ledger: Store, what: str) -> bool:
    return heads.seen(ledger, what) == keys.log().number


def _is_lost() -> bool:
    report = Report()
    verifier = signing.Verifier(appending.signer().public)
    try:
        ledger, macs = store(), keys.macs()
        witnesses.databases(ledger, macs, report)
        witnesses.anchored(ledger, verifier, keys.origin(), report)
    except sqlite3.DatabaseError:
        return True
    return any(one.code in (TREE_BACK, FORKED) for one in report.findings)


def _remembered() -> tuple[int, str]:
    """The newest tree of the present log that anyone remembers: its size and root."""
    known = [(0, "")]
    macs, verifier = keys.macs(), signing.Verifier(appending.signer().public)
    for alias in heads.databases():
        found = heads.known(alias, macs)
        if found.genuine:
            known.append((found.size, found.root.hex()))
    for anchor in anchors.configured():
        note = anchor.latest()
        if note is not None:
            try:
                head = checkpoint.verify(note.encode(), [verifier], keys.origin())
            except LogError:
                continue
            known.append((head.size, head.root.hex()))
    return max(known)
