"""Two subjects that are one person, in the key store: identifiers and holds move in one step.

Rules: neither is erased; the entry names the source and, as its detail, the target; the source's
keys stay, because what was recorded about it is sealed with them, until the target is erased.
"""

from uuid import UUID

from kept.vault.errors import NOT_ACTIVE, NotStoredError
from kept.vault.keystore import holds
from kept.vault.keystore.database import Database
from kept.vault.keystore.identifiers import Identifiers
from kept.vault.keystore.journal import MERGED, is_destroyed, note


def merge(database: Database, identifiers: Identifiers, source: UUID, target: UUID) -> None:
    """Durably; doing it twice changes nothing. Raises `NotStoredError` V009."""
    with database.write() as writer:
        for one in sorted((source.bytes, target.bytes)):
            writer.serialise(one)
        if is_destroyed(writer, source) or is_destroyed(writer, target):
            raise NotStoredError(NOT_ACTIVE, "one of the two subjects was erased")
        if not writer.run(
            "SELECT 1 FROM journal WHERE subject = ? AND kind = ?", (source.bytes, MERGED)
        ):
            note(writer, MERGED, source, target.hex)
        identifiers.move(writer, source, target)
        holds.move(writer, source, target)


def merged(database: Database) -> list[tuple[UUID, UUID]]:
    """Every merger: source and target."""
    rows = database.read("SELECT subject, detail FROM journal WHERE kind = ?", (MERGED,))
    return [(UUID(bytes=bytes(row[0])), UUID(hex=row[1])) for row in rows]
