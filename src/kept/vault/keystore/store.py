"""The key store: keys, identifiers, journal and master versions in one database.

Rules: it starts only with its own master key (proven, not assumed); a store that is empty beside
data that tells of people is a lost store, not a new one; in production, one beside master keys of
ours, too.
"""

from collections.abc import Callable
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

    def __init__(
        self,
        database: Database,
        masters: MasterKeys,
        *,
        production: bool,
        is_needed: Callable[[], bool] = lambda: False,
    ) -> None:
        """`is_needed`: whether there is data that only the keys of an earlier store open.

        Raises `MisconfiguredError`: V007 for a lost store, V004 without its master key, V008.
        """
        self.database, self.masters = database, masters
        self.wrapping = Wrapping(masters)
        self.keys = Keys(database, self.wrapping)
        self.identifiers = Identifiers(database, self.wrapping)
        self.suppressions = Suppressions(database, self.identifiers)
        with database.write() as writer:
            writer.serialise(b"start")
            schema.prepare(writer)
            if self._is_empty(writer):
                self._refuse_lost(is_needed, production=production)
                self._begin(writer)
            self._prove(writer)

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

    @staticmethod
    def _is_empty(writer: Writer) -> bool:
        return not writer.run("SELECT 1 FROM master WHERE state <> 'destroyed'")

    def _prove(self, writer: Writer) -> None:
        for version, proof in writer.run(
            "SELECT version, proof FROM master WHERE state <> 'destroyed'"
        ):
            self.wrapping.check(version, bytes(proof))

    def _refuse_lost(self, is_needed: Callable[[], bool], *, production: bool) -> None:
        if is_needed():
            raise MisconfiguredError(
                STORE_LOST,
                "the key store is empty, but the data tells of people",
                do="mount or restore it; only for a fresh start, move the data away",
            )
        if production and self.masters.made_by_us and self.masters.versions():
            raise MisconfiguredError(
                STORE_LOST,
                "the key store is empty, but its master keys are there",
                do="mount or restore it; only for a fresh start, move the master keys away",
            )

    def _begin(self, writer: Writer) -> None:
        version = max(self.masters.versions(), default=1)
        self.masters.make(version)
        writer.run(
            "INSERT INTO master (version, state, made, proof) VALUES (?, 'current', ?, ?)",
            (version, clock.today().isoformat(), self.wrapping.proof(version)),
        )
