"""One random key per (subject, keep class): made once, fetched in batches, destroyed for good.

Rules: a key is durably committed before anything is sealed with it; two makers get one key; no key
is made for a subject whose destruction stands in the journal; destroying writes the journal and
deletes keys and identifiers in one transaction.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from kept._kit import clock
from kept._kit.crypto import Cipher, new_key
from kept._kit.ids import new_id
from kept.vault.errors import NO_MASTER, NOT_ACTIVE, MisconfiguredError, NotStoredError
from kept.vault.keystore import sparing
from kept.vault.keystore.database import Database, Row, Writer
from kept.vault.keystore.journal import DESTROYED, forget_denials, is_destroyed, note
from kept.vault.keystore.wrapping import Wrapping, for_subject

ID_BYTES = 16
_BATCH = 5_000
_COLUMNS = "id, subject, keep, master, wrapped"
_OF = f"SELECT {_COLUMNS} FROM subject_key WHERE subject = ? AND keep = ?"  # noqa: S608 - constants


class SubjectKey(msgspec.Struct, frozen=True, eq=False):
    """An opened key. It is held by a purpose scope or a flow, and no longer than that."""

    id: bytes
    owner: bytes
    """The subject's id: 16 bytes, as most rows are opened without needing more of it."""
    keep: str
    cipher: Cipher

    @property
    def subject(self) -> UUID:
        """The subject's id."""
        return UUID(bytes=self.owner)

    def __repr__(self) -> str:
        return f"<key of class {self.keep}>"


class Keys:
    """The subjects' keys in one database."""

    def __init__(self, database: Database, wrapping: Wrapping) -> None:
        self._database, self._wrapping = database, wrapping

    def fetch(self, ids: Collection[bytes]) -> dict[bytes, SubjectKey]:
        """The keys with these ids; one that was destroyed is simply not there."""
        return self._fetch("id", ids)

    def fetch_of(self, subjects: Collection[UUID]) -> dict[bytes, SubjectKey]:
        """Every key of these subjects, by key id."""
        return self._fetch("subject", [subject.bytes for subject in subjects])

    def classes_of(self, subject: UUID) -> dict[bytes, str]:
        """Key id and keep class of each key of the subject, unopened."""
        rows = self._database.read(
            "SELECT id, keep FROM subject_key WHERE subject = ?", (subject.bytes,)
        )
        return {bytes(row[0]): row[1] for row in rows}

    def classes_of_all(self, subjects: Collection[UUID]) -> dict[UUID, dict[bytes, str]]:
        """The same of each of `subjects` who has a key."""
        found: dict[UUID, dict[bytes, str]] = {}
        for some in _batches([subject.bytes for subject in subjects]):
            marks = ",".join("?" * len(some))
            rows = self._database.read(
                f"SELECT subject, id, keep FROM subject_key WHERE subject IN ({marks})",  # noqa: S608 - question marks
                some,
            )
            for owner, id, keep in rows:
                found.setdefault(UUID(bytes=bytes(owner)), {})[bytes(id)] = keep
        return found

    def find(self, subject: UUID, keep: str) -> SubjectKey | None:
        """The key of one keep class, or None."""
        rows = self._database.read(_OF, (subject.bytes, keep))
        return self._opened(rows[0]) if rows else None

    def find_or_make(self, subject: UUID, keep: str) -> SubjectKey:
        """The key of one keep class. Raises `NotStoredError` V009 where the subject was erased."""
        found = self.find(subject, keep)
        if found is not None:
            return found
        with self._database.write() as writer:
            writer.serialise(subject.bytes)
            if is_destroyed(writer, subject):
                raise NotStoredError(NOT_ACTIVE, "the subject was erased; no new key is made")
            rows = writer.run(_OF, (subject.bytes, keep))
            if not rows:
                self._insert(writer, subject, keep)
                rows = writer.run(_OF, (subject.bytes, keep))
        return self._opened(rows[0])

    def find_or_make_all(self, owners: Collection[bytes], keep: str) -> dict[bytes, SubjectKey]:
        """The key of one keep class of each of these subjects' ids (16 bytes), made in one commit.

        Raises `NotStoredError` V009 where one of them was erased; then none is made.
        """
        wanted = set(owners)
        found = self._of_class(wanted, keep)
        missing = sorted(wanted - found.keys())
        if missing:
            with self._database.write() as writer:
                for owner in missing:  # in order, so that two makers never wait for each other
                    writer.serialise(owner)
                    if is_destroyed(writer, UUID(bytes=owner)):
                        raise NotStoredError(NOT_ACTIVE, "a subject was erased; no key is made")
                    if not writer.run(_OF, (owner, keep)):
                        self._insert(writer, UUID(bytes=owner), keep)
            found |= self._of_class(missing, keep)
        return found

    def _of_class(self, owners: Collection[bytes], keep: str) -> dict[bytes, SubjectKey]:
        found = self._fetch("subject", owners).values()
        return {key.owner: key for key in found if key.keep == keep}

    def destroy(self, subject: UUID, *, spare: Collection[str] = ()) -> int:
        """Destroy the subject's keys except those of the classes in `spare`, and its identifiers.

        Gives how many keys of the subject were destroyed so far; doing it twice changes nothing.
        """
        with self._database.write() as writer:
            writer.serialise(subject.bytes)
            return _destroy(writer, subject, spare)

    def erase(self, subject: UUID) -> int:
        """As `destroy`, sparing what a law or a hold keeps at this very moment."""
        with self._database.write() as writer:
            writer.serialise(subject.bytes)
            return _destroy(writer, subject, sparing.spared(writer.run, subject).values())

    def spared(self, subject: UUID) -> dict[bytes, str]:
        """The keys that an erasure leaves now: id and keep class."""
        return sparing.spared(self._database.read, subject)

    def unspared(self, subjects: Collection[UUID]) -> int:
        """How many keys of `subjects` no law spares, and no hold that stands."""
        count = 0
        for owner, keys in self.classes_of_all(subjects).items():
            if not all(keep.startswith(sparing.STATUTORY) for keep in keys.values()):
                count += len(keys.keys() - self.spared(owner).keys())
        return count

    def owners_of(self, keep: str) -> Iterator[UUID]:
        """Everyone with a key of one keep class, in the order of their ids."""
        last = b""
        while True:
            rows = self._database.read(
                "SELECT subject FROM subject_key WHERE keep = ? AND subject > ? "
                "ORDER BY subject LIMIT ?",
                (keep, last, _BATCH),
            )
            if not rows:
                return
            yield from (UUID(bytes=bytes(row[0])) for row in rows)
            last = bytes(rows[-1][0])

    def _insert(self, writer: Writer, subject: UUID, keep: str) -> None:
        master = writer.current_master()
        if master is None:
            raise MisconfiguredError(NO_MASTER, "the key store has no current master key")
        id = new_id().bytes
        wrapped = self._wrapping.wrap(new_key(), for_subject(id, subject.bytes, keep), master)
        writer.run(
            f"INSERT INTO subject_key ({_COLUMNS}, made) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - as above
            (id, subject.bytes, keep, master, wrapped, clock.today().isoformat()),
        )

    def _fetch(self, column: str, values: Collection[bytes]) -> dict[bytes, SubjectKey]:
        found: dict[bytes, SubjectKey] = {}
        for some in _batches(list(values)):
            rows: Any = self._database.read_among(
                f"SELECT {_COLUMNS} FROM subject_key WHERE {column}",  # noqa: S608 - as above
                some,
            )
            for key in self._wrapping.unwrap_all(rows):
                found[key[0]] = SubjectKey(*key)
        return found

    def _opened(self, row: Row) -> SubjectKey:
        id, owner, keep, master, wrapped = row
        key = self._wrapping.unwrap(wrapped, for_subject(id, owner, keep), master)
        return SubjectKey(id, owner, keep, Cipher(key))


def _destroy(writer: Writer, subject: UUID, spare: Collection[str]) -> int:
    classes = [row[0] for row in writer.run(
        "SELECT keep FROM subject_key WHERE subject = ?", (subject.bytes,)
    )]  # fmt: skip
    doomed = [keep for keep in classes if keep not in spare]
    if doomed:
        marks = ",".join("?" * len(doomed))
        writer.run(
            f"DELETE FROM subject_key WHERE subject = ? AND keep IN ({marks})",  # noqa: S608 - question marks
            (subject.bytes, *doomed),
        )
    writer.run("DELETE FROM identifier WHERE subject = ?", (subject.bytes,))
    forget_denials(writer, subject)
    before = writer.run(
        "SELECT detail FROM journal WHERE subject = ? AND kind = 'destroyed'", (subject.bytes,)
    )
    if doomed or not before:
        note(writer, DESTROYED, subject, str(len(doomed)))
    return len(doomed) + sum(int(row[0]) for row in before)


def _batches(values: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
