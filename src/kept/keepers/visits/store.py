"""The database file of published visits: batches, their counts, and addresses where allowed.

Rules: a file of its own under the data root, never in `DATABASES`; a batch carries the fixed time
at which its window closed and no other time; an address stands once in all of it and in the order
of addresses, beside no page;
what is older than the policy's keep is deleted and overwritten (`secure_delete`).
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from kept.conf import settings
from kept.keepers.visits.batches import Batch

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY, closed INTEGER NOT NULL, dropped INTEGER NOT NULL, lost INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS batch_closed ON batch (closed);
CREATE TABLE IF NOT EXISTS page (
    batch INTEGER NOT NULL REFERENCES batch ON DELETE CASCADE,
    page TEXT NOT NULL, views INTEGER NOT NULL, robots INTEGER NOT NULL, PRIMARY KEY (batch, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reading (
    batch INTEGER NOT NULL REFERENCES batch ON DELETE CASCADE,
    page TEXT NOT NULL, step INTEGER NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (batch, page, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS address (
    address TEXT PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS address_batch ON address (batch);
CREATE TABLE IF NOT EXISTS running (since INTEGER NOT NULL);
"""


def folder() -> Path:
    """The folder of the database and of the collector's socket."""
    place = settings().data / "visits"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


@contextmanager
def connected() -> Iterator[sqlite3.Connection]:
    """A connection to the file, in one transaction."""
    with closing(sqlite3.connect(folder() / "visits.sqlite3", timeout=20)) as open_:
        open_.executescript(
            "PRAGMA journal_mode=DELETE; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;" + _SCHEMA
        )
        with open_:
            yield open_


def publish(batch: Batch, closed: float) -> None:
    """Store one batch under the fixed time at which it closed."""
    with connected() as open_:
        made = open_.execute(
            "INSERT INTO batch (closed, dropped, lost) VALUES (?, ?, ?)",
            (int(closed), batch.dropped, batch.lost),
        ).lastrowid
        pages = {*batch.pages, *batch.robots}
        open_.executemany(
            "INSERT INTO page VALUES (?, ?, ?, ?)",
            [(made, page, batch.pages[page], batch.robots[page]) for page in sorted(pages)],
        )
        open_.executemany(
            "INSERT INTO reading VALUES (?, ?, ?, ?)",
            [(made, page, step, n) for (page, step), n in sorted(batch.readings.items())],
        )
        open_.executemany(
            "INSERT INTO address VALUES (?, ?)", [(one, made) for one in batch.addresses]
        )


def known(addresses: Collection[str]) -> set[str]:
    """Which of `addresses` stand in a batch that is still kept."""
    with connected() as open_:
        open_.execute("CREATE TEMP TABLE asked (address TEXT PRIMARY KEY) WITHOUT ROWID")
        open_.executemany("INSERT INTO asked VALUES (?)", [(one,) for one in addresses])
        return {one for (one,) in open_.execute("SELECT address FROM address NATURAL JOIN asked")}


def delete_before(day: date) -> int:
    """Delete the batches that closed before `day` (UTC); how many."""
    edge = (day - date(1970, 1, 1)).days * 86_400
    with connected() as open_:
        return open_.execute("DELETE FROM batch WHERE closed < ?", (edge,)).rowcount


def begin(since: float) -> bool:
    """Note that a collector holds visits in memory. True when the one before ended cleanly."""
    with connected() as open_:
        clean = open_.execute("SELECT count(*) FROM running").fetchone()[0] == 0
        open_.execute("DELETE FROM running")
        open_.execute("INSERT INTO running VALUES (?)", (int(since),))
    return clean


def end() -> None:
    """Note that nothing is in memory any more."""
    with connected() as open_:
        open_.execute("DELETE FROM running")
