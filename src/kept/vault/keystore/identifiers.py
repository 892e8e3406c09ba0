"""Which subject an email, a phone number or a user name stands for, without the thing itself.

Rules: what stands here is a keyed digest, one random key per kind; a digest names one subject; the
first to claim it has it; digests stand in the key store only, never in the data or its backups.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kept._kit.crypto import Cipher, digest, new_key
from kept.vault.errors import NO_MASTER, NOT_ACTIVE, MisconfiguredError, NotStoredError
from kept.vault.keystore.database import Database, Row, Writer
from kept.vault.keystore.journal import is_destroyed
from kept.vault.keystore.wrapping import Wrapping, for_kind

_KEY = "SELECT master, wrapped FROM blind_key WHERE kind = ?"
_HOLDER = "SELECT subject FROM identifier WHERE kind = ? AND digest = ?"


class Identifiers:
    """The digests in one database. Values come in normalised."""

    def __init__(self, database: Database, wrapping: Wrapping) -> None:
        self._database, self._wrapping = database, wrapping
        self._keys: dict[str, bytes] = {}

    def holder(self, kind: str, value: str) -> UUID | None:
        """The subject that `value` stands for, or None."""
        return self.holders(kind, [value]).get(value)

    def holders(self, kind: str, values: Sequence[str]) -> Mapping[str, UUID]:
        """The subjects of those `values` that stand for one, in one query."""
        wanted = {self._digest(kind, value): value for value in values}
        if not wanted:
            return {}
        marks = ",".join("?" * len(wanted))
        rows = self._database.read(
            f"SELECT digest, subject FROM identifier WHERE kind = ? AND digest IN ({marks})",  # noqa: S608 - question marks
            (kind, *wanted),
        )
        return {wanted[bytes(row[0])]: UUID(bytes=bytes(row[1])) for row in rows}

    def claim(self, kind: str, value: str, subject: UUID) -> UUID:
        """Let `value` stand for `subject` unless it has a holder; whoever holds it now.

        Raises `NotStoredError` V009 where `subject` was erased.
        """
        named = self._digest(kind, value)
        known = self._database.read(_HOLDER, (kind, named))
        if known:
            return UUID(bytes=bytes(known[0][0]))
        with self._database.write() as writer:
            writer.serialise(subject.bytes)
            writer.serialise(named)
            rows = writer.run(_HOLDER, (kind, named))
            if rows:
                return UUID(bytes=bytes(rows[0][0]))
            if is_destroyed(writer, subject):
                raise NotStoredError(NOT_ACTIVE, "an erased subject gets no identifier")
            writer.run(
                "INSERT INTO identifier (kind, digest, subject) VALUES (?, ?, ?)",
                (kind, named, subject.bytes),
            )
        return subject

    def claim_all(self, kind: str, wanted: Mapping[str, UUID]) -> Mapping[str, UUID]:
        """As `claim`, for many values in one commit; whoever holds each of them now."""
        found = dict(self.holders(kind, list(wanted)))
        missing = sorted((self._digest(kind, one), one) for one in wanted.keys() - found.keys())
        if not missing:
            return found
        with self._database.write() as writer:
            for owner in sorted(wanted[one].bytes for _, one in missing):
                writer.serialise(owner)
            for named, value in missing:
                subject = wanted[value]
                if is_destroyed(writer, subject):
                    raise NotStoredError(NOT_ACTIVE, "an erased subject gets no identifier")
                writer.run(
                    "INSERT INTO identifier (kind, digest, subject) VALUES (?, ?, ?) "
                    "ON CONFLICT DO NOTHING",
                    (kind, named, subject.bytes),
                )
        return {**found, **self.holders(kind, [one for _, one in missing])}

    def release(self, kind: str, value: str, subject: UUID) -> None:
        """Let `value` stand for nobody, where it stood for `subject`."""
        with self._database.write() as writer:
            writer.run(
                "DELETE FROM identifier WHERE kind = ? AND digest = ? AND subject = ?",
                (kind, self._digest(kind, value), subject.bytes),
            )

    def move(self, writer: Writer, source: UUID, target: UUID) -> None:
        """Let everything that stands for `source` stand for `target`, in an open transaction."""
        writer.run(
            "UPDATE identifier SET subject = ? WHERE subject = ?", (target.bytes, source.bytes)
        )

    def blind(self, kind: str, value: str) -> bytes:
        """The keyed digest of `value`, under the key of `kind`."""
        return self._digest(kind, value)

    def kinds_of(self, subject: UUID) -> dict[str, int]:
        """How many identifiers of each kind stand for `subject`."""
        rows = self._database.read(
            "SELECT kind, COUNT(*) FROM identifier WHERE subject = ? GROUP BY kind",
            (subject.bytes,),
        )
        return {row[0]: row[1] for row in rows}

    def site_cipher(self, label: str) -> Cipher:
        """The site's own key for `label`: for what is about no subject."""
        name = f"site:{label}"
        if name not in self._keys:
            self._keys[name] = self._find_or_make_key(name)
        return Cipher(self._keys[name])

    def _digest(self, kind: str, value: str) -> bytes:
        key = self._keys.get(kind)
        if key is None:
            key = self._keys[kind] = self._find_or_make_key(kind)
        return digest(key, value.encode(), size=16)

    def _find_or_make_key(self, kind: str) -> bytes:
        rows = self._database.read(_KEY, (kind,))
        if not rows:
            with self._database.write() as writer:
                writer.serialise(for_kind(kind))
                rows = writer.run(_KEY, (kind,)) or self._insert_key(writer, kind)
        master, wrapped = rows[0]
        return self._wrapping.unwrap(bytes(wrapped), for_kind(kind), master)

    def _insert_key(self, writer: Writer, kind: str) -> list[Row]:
        master = writer.current_master()
        if master is None:
            raise MisconfiguredError(NO_MASTER, "the key store has no current master key")
        wrapped = self._wrapping.wrap(new_key(), for_kind(kind), master)
        writer.run(
            "INSERT INTO blind_key (kind, master, wrapped) VALUES (?, ?, ?)",
            (kind, master, wrapped),
        )
        return writer.run(_KEY, (kind,))
