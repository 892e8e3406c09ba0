"""Holds in the survival journal: the entry that decides what an erasure spares.

`held`: id of the hold, last day, reason, who placed it. `released`: the same, once it has ended;
it stays, so that older data that comes back is told. Rules: placed before the data says so, and
refused once the subject's keys are destroyed; released in one transaction with the destruction of
the hold's key, where the subject was erased meanwhile.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from kept.vault.errors import NOT_ACTIVE, NotStoredError
from kept.vault.keystore.database import Database, Writer
from kept.vault.keystore.journal import DESTROYED, HELD, RELEASED, is_destroyed, moved, note
from kept.vault.keystore.sparing import class_of

_BY_KIND = "SELECT subject, detail FROM journal WHERE kind = ?"


class HoldEntry(NamedTuple):
    """One hold, as the journal has it."""

    subject: UUID
    hold: UUID
    until: date
    """The last day on which it holds."""
    reason: str
    by: str

    @property
    def detail(self) -> str:
        """What the journal's line says."""
        return f"{self.hold.hex} {self.until.isoformat()} {self.reason} {self.by}"


def place(database: Database, entry: HoldEntry) -> None:
    """Note it, durably. Raises `NotStoredError` V009 once the subject's keys are destroyed."""
    with database.write() as writer:
        writer.serialise(entry.subject.bytes)
        if is_destroyed(writer, entry.subject):
            raise NotStoredError(NOT_ACTIVE, "the subject was erased; there is nothing to hold")
        if entry not in _of(writer.run, HELD, entry.subject):
            note(writer, HELD, entry.subject, entry.detail)


def recall(database: Database, entry: HoldEntry) -> None:
    """Note a hold that a journal or the data tells of, whatever became of the subject since."""
    with database.write() as writer:
        writer.serialise(entry.subject.bytes)
        known = _of(writer.run, HELD, entry.subject) + _of(writer.run, RELEASED, entry.subject)
        if entry not in known:
            note(writer, HELD, entry.subject, entry.detail)


def release(database: Database, entry: HoldEntry) -> int:
    """Let it end; its key goes where the subject is erased already. How many keys went."""
    with database.write() as writer:
        writer.serialise(entry.subject.bytes)
        if entry in _of(writer.run, HELD, entry.subject):
            writer.run(
                "DELETE FROM journal WHERE subject = ? AND kind = ? AND detail = ?",
                (entry.subject.bytes, HELD, entry.detail),
            )
            moved(writer)
        if entry not in _of(writer.run, RELEASED, entry.subject):
            note(writer, RELEASED, entry.subject, entry.detail)
        if not is_destroyed(writer, entry.subject):
            return 0
        where = "subject_key WHERE subject = ? AND keep = ?"
        given = (entry.subject.bytes, class_of(entry.hold))
        gone = len(writer.run(f"SELECT 1 FROM {where}", given))  # noqa: S608 - a constant
        if gone:
            writer.run(f"DELETE FROM {where}", given)  # noqa: S608 - a constant
            note(writer, DESTROYED, entry.subject, str(gone))
        return gone


def move(writer: Writer, source: UUID, target: UUID) -> None:
    """Let the holds on `source` stand on `target`, in an open transaction."""
    for entry in _of(writer.run, HELD, source):
        writer.run(
            "DELETE FROM journal WHERE subject = ? AND kind = ? AND detail = ?",
            (source.bytes, HELD, entry.detail),
        )
        note(writer, HELD, target, entry.detail)


def standing(database: Database, subject: UUID | None = None) -> list[HoldEntry]:
    """The holds that stand, of one subject or of all, by their end."""
    return sorted(_of(database.read, HELD, subject), key=lambda entry: (entry.until, entry.hold))


def ended(database: Database, subject: UUID | None = None) -> list[HoldEntry]:
    """The holds that were released."""
    return _of(database.read, RELEASED, subject)


def _of(read: Callable[..., list[Any]], kind: str, subject: UUID | None) -> list[HoldEntry]:
    rows = (
        read(_BY_KIND, (kind,))
        if subject is None
        else read(f"{_BY_KIND} AND subject = ?", (kind, subject.bytes))
    )
    return [entry_of(UUID(bytes=bytes(owner)), detail) for owner, detail in rows]


def entry_of(subject: UUID, detail: str) -> HoldEntry:
    """The hold that a line of the journal tells of."""
    hold, until, reason, by = detail.split()
    return HoldEntry(subject, UUID(hex=hold), date.fromisoformat(until), reason, by)
