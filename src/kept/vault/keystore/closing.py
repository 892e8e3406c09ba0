"""The key of one keep class of a subject, destroyed because what the class waited for has come.

Rules: the journal says so in the same transaction, so that an older copy of the data does not bring
back what the key sealed; the subject may get a key of the class anew, under another id.
"""

from uuid import UUID

from kept.vault.keystore.database import Database
from kept.vault.keystore.journal import note

ENDED = "ended"
"""Kind of the journal's entry; its detail is the keep class."""


def close(database: Database, subject: UUID, keep: str) -> int:
    """Destroy the key of the class `keep`; how many there were, 0 or 1."""
    with database.write() as writer:
        writer.serialise(subject.bytes)
        found = len(writer.run(
            "SELECT 1 FROM subject_key WHERE subject = ? AND keep = ?", (subject.bytes, keep)
        ))  # fmt: skip
        if found:
            writer.run(
                "DELETE FROM subject_key WHERE subject = ? AND keep = ?", (subject.bytes, keep)
            )
            note(writer, ENDED, subject, keep)
        return found
