"""What a data database remembers of the tree, and what follows when it remembers too little.

Rules: a database that knows a newer tree than the ledger holds proves that the tree was rolled
back; one that knows another root proves a fork; in both cases nothing is signed any more. One
that knows an older tree than it once did was itself restored: the log says so, for ever. What each
was seen to know is noted anew with every batch, under a code, so that no older note can stand in.
"""

from typing import NamedTuple

from django.db import connections, router
from django.db.models import Q

from kept._kit.errors import KeptError
from kept.ledger import keys
from kept.ledger.entries import Macs
from kept.ledger.errors import FORKED, TREE_BACK
from kept.ledger.events import AnyEvent, Refused, RestoredFrom
from kept.ledger.models import Head, Outbox
from kept.ledger.store import Store, batches


class Known(NamedTuple):
    """The tree as a data database last saw it; batch 0 where it never did."""

    batch: int
    size: int
    root: bytes
    genuine: bool
    """False: the row was edited."""
    log: int = 1


NOTHING = Known(0, 0, b"", True)


def databases() -> list[str]:
    """The aliases of Django's databases that hold an outbox."""
    return [
        alias
        for alias in connections
        if router.allow_migrate_model(alias, Outbox) and (alias == "default" or _has_outbox(alias))
    ]


def known(alias: str, macs: Macs) -> Known:
    """What the database `alias` remembers."""
    row = Head.objects.using(alias).first()
    if row is None:
        return NOTHING
    root = bytes(row.root)
    genuine = bytes(row.mac) == macs.of_parts(b"head", row.log, row.batch, row.size, root)
    if genuine and row.log < keys.log().number:
        return NOTHING  # it knows the log that was lost, and nothing of this one
    return Known(row.batch, row.size, root, genuine, row.log)


def remember(alias: str, batch: batches.Batch, macs: Macs) -> None:
    """Write into `alias`, in its open transaction, that it saw the tree of `batch`.

    What it remembers only grows: a slower sequencer may come later with an older batch.
    """
    log = keys.log().number
    mac = macs.of_parts(b"head", log, batch.number, batch.size, batch.root)
    fields = {
        "log": log, "batch": batch.number, "size": batch.size, "root": batch.root, "mac": mac,
    }  # fmt: skip
    rows = Head.objects.using(alias)
    if rows.filter(Q(log__lt=log) | Q(log=log, batch__lt=batch.number), id=1).update(**fields):
        return
    _, new = rows.get_or_create(id=1, defaults=fields)
    if not new and not known(alias, macs).genuine:
        rows.filter(id=1).update(**fields)


def news(ledger: Store, macs: Macs) -> bool:
    """True where a database remembers something else than was noted, or the note is not ours."""
    return any(
        (found.batch, found.genuine) != (seen(ledger, alias), True)
        or is_forged(ledger, alias, found, macs)
        for alias in databases()
        for found in [known(alias, macs)]
    )


def watch(ledger: Store, macs: Macs) -> list[AnyEvent]:
    """Compare every database with the ledger, in its open transaction; the events to record.

    Raises `KeptError` L025 or L026.
    """
    own: list[AnyEvent] = []
    for alias in databases():
        found = known(alias, macs)
        require_ours(ledger, alias, found)
        own += losses(ledger, alias, found, macs)
        note_seen(ledger, alias, found.batch if found.genuine else seen(ledger, alias), macs)
    return own


def seen(ledger: Store, alias: str) -> int:
    """The newest batch that `alias` was ever found to remember."""
    row = ledger.row("SELECT batch FROM seen WHERE place = %s", (alias,))
    return int(row[0]) if row else 0


def is_forged(ledger: Store, alias: str, found: Known, macs: Macs) -> bool:
    """True where what is noted of `alias` was edited, taken away, or put back to an older note.

    Each batch notes it before it is appended, so a note is one batch old at most, and there is one
    as soon as there is a batch: of the first database at once, of one added later before it
    remembers anything itself.
    """
    latest = batches.latest(ledger)  # read before the note: a batch in between makes it newer
    row = ledger.row("SELECT batch, noted, mac FROM seen WHERE place = %s", (alias,))
    if row is None:
        return latest is not None and (alias == "default" or found.batch > 0)
    batch, noted, mac = row
    if bytes(mac) != _code(macs, alias, batch, noted):
        return True
    return latest is not None and noted < latest.number - 1


def note_seen(ledger: Store, alias: str, batch: int, macs: Macs) -> None:
    """Note what `alias` remembers, and after which batch that was."""
    latest = batches.latest(ledger)
    noted = latest.number if latest else 0
    ledger.run(
        "INSERT INTO seen (place, batch, noted, mac) VALUES (%s, %s, %s, %s) ON CONFLICT (place)"
        " DO UPDATE SET batch = excluded.batch, noted = excluded.noted, mac = excluded.mac",
        (alias, batch, noted, _code(macs, alias, batch, noted)),
    )


def _code(macs: Macs, alias: str, batch: int, noted: int) -> bytes:
    return macs.of_parts(b"seen", batch, noted, alias.encode())


def require_ours(ledger: Store, alias: str, found: Known) -> None:
    """Raise `KeptError` L025 or L026 where `found` proves the tree older or another one."""
    if not found.genuine or found.batch == 0:
        return
    if found.log > keys.log().number:
        raise KeptError(TREE_BACK, f"database `{alias}` saw a later log, number `{found.log}`")
    batch = batches.numbered(ledger, found.batch)
    if batch is None:
        latest = batches.latest(ledger)
        raise KeptError(
            TREE_BACK,
            f"database `{alias}` saw a tree of `{found.size}` leaves,"
            f" the ledger holds `{latest.size if latest else 0}`",
        )
    if (batch.size, batch.root) != (found.size, found.root):
        raise KeptError(FORKED, f"database `{alias}` saw another tree of `{found.size}` leaves")


def losses(ledger: Store, alias: str, found: Known, macs: Macs) -> list[AnyEvent]:
    """The events that say what became of `alias`: nothing, a restored copy, an edited row or note.

    Where the note is not ours, a database more than a batch behind counts as a restored copy.
    """
    if not found.genuine:
        return [Refused("head", 1)]
    once, own = seen(ledger, alias), list[AnyEvent]()
    if is_forged(ledger, alias, found, macs):
        latest = batches.latest(ledger)
        once, own = latest.number - 1 if latest else 0, [Refused("head", 1)]
    if found.batch < once:
        own.append(RestoredFrom("data", found.size, batches.events_after(ledger, found.batch)))
    return own


def _has_outbox(alias: str) -> bool:
    return Outbox._meta.db_table in connections[alias].introspection.table_names()
