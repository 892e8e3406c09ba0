"""The survival journal: what must hold after an older copy of the data has come back.

`destroyed`: keys of the subject are gone. Standing denials: `withdrawn` and `objected` (detail: the
purpose), `restricted`, `ceased`. `held` and `released`: holds (`keystore.holds`). `merged`: the
subject is another one now (detail: which). Rules: a denial is noted before the data says it and
lifted after the data lifted it, so that a crash between the two stores denies; an erasure takes a
subject's denials away, as nothing is left to deny; every change moves the position on, by which a
store older than a backup is recognised.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault.keystore.database import Database, Writer

DESTROYED = "destroyed"
WITHDRAWN, OBJECTED, RESTRICTED, CEASED = "withdrawn", "objected", "restricted", "ceased"
HELD, RELEASED, MERGED = "held", "released", "merged"
DENIALS = (WITHDRAWN, OBJECTED, RESTRICTED, CEASED)
_BATCH = 5_000


def is_destroyed(writer: Writer, subject: UUID) -> bool:
    """True where the journal says that the subject's keys were destroyed."""
    return bool(writer.run(
        "SELECT 1 FROM journal WHERE subject = ? AND kind = 'destroyed'", (subject.bytes,)
    ))  # fmt: skip


def note(writer: Writer, kind: str, subject: UUID, detail: str) -> None:
    """Write one entry."""
    writer.run(
        "INSERT INTO journal (entry, kind, subject, day, detail) VALUES (?, ?, ?, ?, ?)",
        (new_id().bytes, kind, subject.bytes, clock.today().isoformat(), detail),
    )
    moved(writer)


def moved(writer: Writer) -> None:
    """Move the position on."""
    writer.run("UPDATE position SET number = number + 1")


def deny(database: Database, subject: UUID, denials: Iterable[tuple[str, str]]) -> None:
    """Note standing denials (kind, detail), durably; those that stand already are left alone."""
    wanted = set(denials) - set(_of(database.read, subject))
    if not wanted:
        return
    with database.write() as writer:
        writer.serialise(subject.bytes)
        if is_destroyed(writer, subject):
            return  # the caller's lock will tell that the subject is erased
        for kind, detail in sorted(wanted - set(_of(writer.run, subject))):
            note(writer, kind, subject, detail)


def lift(database: Database, subject: UUID, denials: Iterable[tuple[str, str]]) -> None:
    """End standing denials; nothing to do where there are none."""
    wanted = set(denials) & set(_of(database.read, subject))
    if not wanted:
        return
    with database.write() as writer:
        writer.serialise(subject.bytes)
        for kind, detail in sorted(wanted):
            writer.run(
                "DELETE FROM journal WHERE subject = ? AND kind = ? AND detail = ?",
                (subject.bytes, kind, detail),
            )
            moved(writer)


def forget_denials(writer: Writer, subject: UUID) -> None:
    """An erased subject has nothing left to deny."""
    marks = ", ".join("?" * len(DENIALS))
    writer.run(
        f"DELETE FROM journal WHERE subject = ? AND kind IN ({marks})",  # noqa: S608 - question marks
        (subject.bytes, *DENIALS),
    )


def denials_of(database: Database, subject: UUID) -> list[tuple[str, str]]:
    """The standing denials of a subject: kind and detail."""
    return [one for one in _of(database.read, subject) if one[0] in DENIALS]


def extent(database: Database) -> tuple[int, tuple[str, str]]:
    """The position, and the days of the oldest and the newest entry ("" where there is none)."""
    position = database.read("SELECT number FROM position")[0][0]
    oldest, newest = database.read("SELECT MIN(day), MAX(day) FROM journal")[0]
    return position, (oldest or "", newest or "")


def subjects(database: Database, kind: str, detail: str = "") -> Iterator[list[UUID]]:
    """The subjects with an entry of that kind (and, where given, detail), some thousand a time."""
    last, more = b"", " AND detail = ?" if detail else ""
    while True:
        rows = database.read(
            "SELECT DISTINCT subject FROM journal WHERE kind = ? AND subject > ?"  # noqa: S608 - constants
            f"{more} ORDER BY subject LIMIT {_BATCH}",
            (kind, last, *([detail] if detail else [])),
        )
        if not rows:
            return
        yield [UUID(bytes=bytes(row[0])) for row in rows]
        last = bytes(rows[-1][0])


def details(database: Database, kind: str) -> list[str]:
    """The details that entries of a kind have, e.g. purposes."""
    rows = database.read("SELECT DISTINCT detail FROM journal WHERE kind = ?", (kind,))
    return sorted(row[0] for row in rows)


def _of(read: Callable[..., list[Any]], subject: UUID) -> list[tuple[str, str]]:
    rows = read("SELECT kind, detail FROM journal WHERE subject = ?", (subject.bytes,))
    return [(row[0], row[1]) for row in rows]
