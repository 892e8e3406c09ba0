"""Entries in the ledger's database: those that wait in the inbox, those recorded, those refused.

Rules: an entry is recorded once, by its mark; rows are written in the order of their random marks,
so that their place says nothing about time.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from uuid import UUID

from kept.ledger.entries import PLACE, Entry
from kept.ledger.store.connect import Store

_COLUMNS = "mark, subject, day, body, mac"
_CHUNK = 500


def waiting(store: Store, limit: int) -> list[Entry]:
    """Up to `limit` entries of the inbox."""
    return _made(store.rows(f"SELECT {_COLUMNS} FROM inbox LIMIT %s", (limit,)))  # noqa: S608 - constants


def receive(store: Store, entries: Iterable[Entry]) -> None:
    """Put entries into the inbox."""
    store.run_many(f"INSERT INTO inbox ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s)", entries)  # noqa: S608 - constants


def carry(store: Store, entries: Iterable[Entry]) -> None:
    """Put entries into the inbox that are not there yet."""
    places = "SELECT %s, %s, %s, %s, %s WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE mark = %s)"
    sql = f"INSERT INTO inbox ({_COLUMNS}) {places}"
    store.run_many(sql, [(*one, one.mark) for one in entries])


def settle(store: Store, marks: Sequence[bytes]) -> None:
    """Remove entries from the inbox."""
    store.run_many("DELETE FROM inbox WHERE mark = %s", [(mark,) for mark in marks])


def keep(store: Store, entries: Sequence[Entry]) -> None:
    """Record entries. Raises `store.taken` where one is recorded already."""
    store.load("entry", ("mark", "subject", "day", "body", "mac"), sorted(entries, key=_MARK))


def known(store: Store, marks: Sequence[bytes]) -> set[bytes]:
    """Which of `marks` are recorded already."""
    found: set[bytes] = set()
    for at in range(0, len(marks), _CHUNK):
        some = marks[at : at + _CHUNK]
        places = ", ".join(["%s"] * len(some))
        rows = store.rows(f"SELECT mark FROM entry WHERE mark IN ({places})", some)  # noqa: S608 - constants
        found.update(bytes(row[0]) for row in rows)
    return found


def refuse(store: Store, entries: Iterable[Entry], place: str) -> int:
    """Set entries aside as they were found at `place`; how many were not aside already."""
    sql = (
        f"INSERT INTO refused ({_COLUMNS}, place) SELECT %s, %s, %s, %s, %s, %s"  # noqa: S608 - constants
        " WHERE NOT EXISTS (SELECT 1 FROM refused WHERE mark = %s AND body = %s AND mac = %s)"
    )
    return sum(store.run(sql, (*one, place, one.mark, one.body, one.mac)) for one in entries)


def about(store: Store, subject: UUID) -> list[Entry]:
    """The entries recorded about a subject."""
    sql = f"SELECT {_COLUMNS} FROM entry WHERE subject = %s"  # noqa: S608 - constants
    return _made(store.rows(sql, (subject.bytes,)))


def marks_about(store: Store, subject: UUID) -> list[bytes]:
    """The marks of the entries recorded about a subject, by day."""
    sql = "SELECT mark FROM entry WHERE subject = %s ORDER BY mark"
    return [bytes(row[0]) for row in store.rows(sql, (subject.bytes,))]


def with_marks(store: Store, marks: Sequence[bytes]) -> list[Entry]:
    """The entries of these marks, by mark."""
    found: list[Entry] = []
    for at in range(0, len(marks), _CHUNK):
        some = marks[at : at + _CHUNK]
        places = ", ".join(["%s"] * len(some))
        sql = f"SELECT {_COLUMNS} FROM entry WHERE mark IN ({places}) ORDER BY mark"  # noqa: S608 - constants
        found += _made(store.rows(sql, some))
    return found


def waiting_about(store: Store, subject: UUID) -> list[Entry]:
    """The entries of the inbox about a subject."""
    sql = f"SELECT {_COLUMNS} FROM inbox WHERE subject = %s"  # noqa: S608 - constants
    return _made(store.rows(sql, (subject.bytes,)))


def about_many(store: Store, subjects: Sequence[bytes]) -> Iterator[Entry]:
    """The entries recorded about these subjects."""
    for at in range(0, len(subjects), _CHUNK):
        some = subjects[at : at + _CHUNK]
        places = ", ".join(["%s"] * len(some))
        sql = f"SELECT {_COLUMNS} FROM entry WHERE subject IN ({places})"  # noqa: S608 - constants
        yield from _made(store.rows(sql, some))


def about_no_one(store: Store) -> list[Entry]:
    """The recorded entries about no one, which are in clear."""
    sql = f"SELECT {_COLUMNS} FROM entry WHERE subject IS NULL AND body <> %s"  # noqa: S608 - constants
    return _made(store.rows(sql, (b"",)))


def marked(store: Store, mark: bytes) -> Entry | None:
    """The recorded entry that holds the event of this mark."""
    sql = f"SELECT {_COLUMNS} FROM entry WHERE mark BETWEEN %s AND %s"  # noqa: S608 - constants
    first = mark[:-PLACE]
    values = (first + bytes(PLACE), first + b"\xff" * PLACE)
    return next(iter(_made(store.rows(sql, values))), None)


def page(store: Store, after: bytes, limit: int) -> list[Entry]:
    """Up to `limit` recorded entries with marks above `after`, by mark."""
    sql = f"SELECT {_COLUMNS} FROM entry WHERE mark > %s ORDER BY mark LIMIT %s"  # noqa: S608 - constants
    return _made(store.rows(sql, (after, limit)))


def walk(store: Store, size: int = 1000) -> Iterator[list[Entry]]:
    """Every recorded entry, in pages, by mark."""
    after = b""
    while found := page(store, after, size):
        yield found
        after = found[-1].mark


def blank(store: Store, subject: UUID, macs: Iterable[tuple[bytes, bytes]]) -> None:
    """Throw away subject and body of entries, leaving (mark, code)."""
    store.run_many(
        "UPDATE entry SET subject = NULL, body = %s, mac = %s WHERE mark = %s AND subject = %s",
        [(b"", mac, mark, subject.bytes) for mark, mac in macs],
    )


_MARK = itemgetter(0)


def _made(rows: Iterable[tuple[bytes, bytes | None, int, bytes, bytes]]) -> list[Entry]:
    return [Entry(*row) for row in rows]
