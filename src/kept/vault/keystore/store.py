"""The key store: keys, identifiers, journal and master versions in one database.

Rules: it starts only with its own master key (proven, not assumed); in production a store that is
empty beside master keys of ours is a lost store, not a new one.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kept._kit import clock
from kept.vault.errors import STORE_LOST, MisconfiguredError
from kept.vault.keystore import schema
from kept.vault.keystore.database import Database, Writer
from kept.vault.keystore.identifiers import Identifiers
from kept.vault.keystore.keys import Keys
from kept.vault.keystore.masters import MasterKeys
from kept.vault.keystore.suppressions import Suppressions
from kept.vault.keystore.wrapping import Wrapping


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the survival journal."""

    id: UUID
    kind: str
    subject: UUID
    day: date
    detail: str


class KeyStore:
    """One key store, ready. Safe in threads and after a fork."""

    def __init__(self, database: Database, masters: MasterKeys, *, production: bool) -> None:
        self.database, self.masters = database, masters
        self.wrapping = Wrapping(masters)
        self.keys = Keys(database, self.wrapping)
        self.identifiers = Identifiers(database, self.wrapping)
        self.suppressions = Suppressions(database, self.identifiers)
        with database.write() as writer:
            writer.serialise(b"start")
            schema.prepare(writer)
            self._start(writer, production=production)

    @staticmethod
    def shape(database: Database) -> None:
        """Make the empty tables, without a master key: what a copy is written into."""
        with database.write() as writer:
            schema.prepare(writer)

    def master(self) -> tuple[int, date]:
        """The version of the current master key and the day it was made."""
        rows = self.database.read("SELECT version, made FROM master WHERE state = 'current'")
        return rows[0][0], date.fromisoformat(rows[0][1])

    def journal(self) -> list[JournalEntry]:
        """Every entry, by day."""
        rows = self.database.read(
            "SELECT entry, kind, subject, day, detail FROM journal ORDER BY day, entry"
        )
        return [
            JournalEntry(
                UUID(bytes=bytes(id)), kind, UUID(bytes=bytes(subject)), date.fromisoformat(day),
                detail,
            )
            for id, kind, subject, day, detail in rows
        ]  # fmt: skip

    def _start(self, writer: Writer, *, production: bool) -> None:
        rows = writer.run("SELECT version, proof FROM master WHERE state <> 'destroyed'")
        if not rows:
            self._begin(writer, production=production)
        for version, proof in rows:
            self.wrapping.check(version, bytes(proof))

    def _begin(self, writer: Writer, *, production: bool) -> None:
        if production and self.masters.made_by_us and self.masters.versions():
            raise MisconfiguredError(
                STORE_LOST,
                "the key store is empty, but its master keys are there",
                do="mount or restore it; only for a fresh start, move the master keys away",
            )
        version = max(self.masters.versions(), default=1)
        self.masters.make(version)
        writer.run(
            "INSERT INTO master (version, state, made, proof) VALUES (?, 'current', ?, ?)",
            (version, clock.today().isoformat(), self.wrapping.proof(version)),
        )
