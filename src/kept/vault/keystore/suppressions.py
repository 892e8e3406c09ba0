"""To whom nothing is sent any more: digests that outlive the person and every restore.

Rules: a digest is keyed by a key of its own for each kind (another than that of identifiers), with
the purpose inside, so that the entries of one address tell nothing of each other; they stand in the
key store only, never in the data or its backups; the value itself stands nowhere.
"""

from collections.abc import Iterable

from kept._kit import clock
from kept.vault.keystore.database import Database
from kept.vault.keystore.identifiers import Identifiers
from kept.vault.keystore.journal import moved

PREFIX = "suppress:"


class Suppressions:
    """The suppressions in one database. Values come in normalised."""

    def __init__(self, database: Database, identifiers: Identifiers) -> None:
        self._database, self._identifiers = database, identifiers

    def prepare(self, kinds: Iterable[str]) -> None:
        """Make the keys of these kinds, so that every backup of the keys has them."""
        for kind in kinds:
            self._identifiers.blind(f"{PREFIX}{kind}", "")

    def add(self, kind: str, value: str, purpose: str) -> bool:
        """Suppress it, durably; False where it was already."""
        named = self._digest(kind, value, purpose)
        if self._there(kind, named):
            return False
        with self._database.write() as writer:
            writer.serialise(named)
            if writer.run(_FIND, (kind, named)):
                return False
            writer.run(
                "INSERT INTO suppression (kind, digest, purpose, day) VALUES (?, ?, ?, ?)",
                (kind, named, purpose, clock.today().isoformat()),
            )
            moved(writer)
        return True

    def has(self, kind: str, value: str, purpose: str) -> bool:
        """Whether it is suppressed."""
        return self._there(kind, self._digest(kind, value, purpose))

    def remove(self, kind: str, value: str, purpose: str) -> bool:
        """Lift it; False where there was nothing to lift."""
        named = self._digest(kind, value, purpose)
        if not self._there(kind, named):
            return False
        with self._database.write() as writer:
            writer.serialise(named)
            found = bool(writer.run(_FIND, (kind, named)))
            writer.run("DELETE FROM suppression WHERE kind = ? AND digest = ?", (kind, named))
            if found:
                moved(writer)
        return found

    def counts(self) -> dict[tuple[str, str], int]:
        """How many there are, by kind and purpose."""
        rows = self._database.read(
            "SELECT kind, purpose, COUNT(*) FROM suppression GROUP BY kind, purpose"
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def only_for_testing_forget(self) -> None:
        """Lift every suppression."""
        with self._database.write() as writer:
            writer.run("DELETE FROM suppression")

    def _there(self, kind: str, named: bytes) -> bool:
        return bool(self._database.read(_FIND, (kind, named)))

    def _digest(self, kind: str, value: str, purpose: str) -> bytes:
        return self._identifiers.blind(f"{PREFIX}{kind}", f"{purpose}\0{value}")


_FIND = "SELECT 1 FROM suppression WHERE kind = ? AND digest = ?"
