"""What is left in the key store when rows went: keys, identifiers, and all of a subject that goes.

Rules: a destroyed key is in no journal unless everything of its subject goes, because the subject
gets keys anew; subjects of whom everything goes are journalled as erased ones are, so that an older
copy of the data cannot bring them back; many subjects are one transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault.keystore.database import Database, Writer
from kept.vault.keystore.journal import DENIALS, DESTROYED

_SEVERAL_KEYS = (
    "SELECT subject FROM subject_key WHERE subject > ? AND keep <> ? "
    "GROUP BY subject HAVING COUNT(*) > 1 ORDER BY subject LIMIT ?"
)
_SEVERAL_NAMES = (
    "SELECT subject FROM identifier WHERE subject > ? "
    "GROUP BY subject HAVING COUNT(*) > COUNT(DISTINCT kind) ORDER BY subject LIMIT ?"
)


def with_several_keys(database: Database, after: UUID, limit: int, *, but: str) -> list[UUID]:
    """Subjects behind `after` with keys of more than one class, the class `but` not counted."""
    rows = database.read(_SEVERAL_KEYS, (after.bytes, but, limit))
    return [UUID(bytes=bytes(row[0])) for row in rows]


def with_several_identifiers(database: Database, after: UUID, limit: int) -> list[UUID]:
    """Subjects behind `after` for whom two identifiers of one kind stand."""
    rows = database.read(_SEVERAL_NAMES, (after.bytes, limit))
    return [UUID(bytes=bytes(row[0])) for row in rows]


def keys_of(database: Database, subject: UUID, *, before: str) -> dict[bytes, str]:
    """The keys of a subject that were made before that day (ISO 8601): id and class."""
    rows = database.read(
        "SELECT id, keep FROM subject_key WHERE subject = ? AND made < ?", (subject.bytes, before)
    )
    return {bytes(row[0]): row[1] for row in rows}


def drop_keys(database: Database, subject: UUID, ids: Iterable[bytes]) -> int:
    """Destroy these keys of a subject; how many there were."""
    gone = 0
    with database.write() as writer:
        writer.serialise(subject.bytes)
        for id in ids:
            gone += len(writer.run("SELECT 1 FROM subject_key WHERE id = ?", (id,)))
            writer.run("DELETE FROM subject_key WHERE id = ?", (id,))
    return gone


def identifiers_of(database: Database, subject: UUID) -> list[tuple[str, bytes]]:
    """The kind and digest of each identifier that stands for a subject."""
    rows = database.read("SELECT kind, digest FROM identifier WHERE subject = ?", (subject.bytes,))
    return [(row[0], bytes(row[1])) for row in rows]


def drop_identifiers(
    database: Database, subject: UUID, unused: Iterable[tuple[str, bytes]]
) -> None:
    """Let these digests stand for nobody."""
    with database.write() as writer:
        writer.serialise(subject.bytes)
        for kind, digest in unused:
            writer.run(
                "DELETE FROM identifier WHERE kind = ? AND digest = ? AND subject = ?",
                (kind, digest, subject.bytes),
            )


def bury(database: Database, subjects: Collection[UUID]) -> int:
    """Destroy every key, identifier and denial of these subjects; how many keys."""
    ids = sorted(subject.bytes for subject in subjects)
    marks = ", ".join("?" * len(ids))
    with database.write() as writer:
        for id in ids:
            writer.serialise(id)
        rows = writer.run(
            f"SELECT subject, COUNT(*) FROM subject_key WHERE subject IN ({marks}) "  # noqa: S608 - question marks
            "GROUP BY subject",
            ids,
        )
        keys: Mapping[bytes, int] = {bytes(row[0]): row[1] for row in rows}
        writer.run(f"DELETE FROM subject_key WHERE subject IN ({marks})", ids)  # noqa: S608 - as above
        writer.run(f"DELETE FROM identifier WHERE subject IN ({marks})", ids)  # noqa: S608 - as above
        denials = ", ".join("?" * len(DENIALS))
        writer.run(
            f"DELETE FROM journal WHERE subject IN ({marks}) AND kind IN ({denials})",  # noqa: S608 - as above
            [*ids, *DENIALS],
        )
        _note(writer, ids, keys)
    return sum(keys.values())


def _note(writer: Writer, ids: Sequence[bytes], keys: Mapping[bytes, int]) -> None:
    known = {
        bytes(row[0])
        for row in writer.run(
            "SELECT DISTINCT subject FROM journal WHERE kind = ? AND subject IN "  # noqa: S608 - as above
            f"({', '.join('?' * len(ids))})",
            [DESTROYED, *ids],
        )
    }
    fresh = [id for id in ids if id in keys or id not in known]
    day = clock.today().isoformat()
    for id in fresh:
        writer.run(
            "INSERT INTO journal (entry, kind, subject, day, detail) VALUES (?, ?, ?, ?, ?)",
            (new_id().bytes, DESTROYED, id, day, str(keys.get(id, 0))),
        )
    writer.run("UPDATE position SET number = number + ?", (len(fresh),))
