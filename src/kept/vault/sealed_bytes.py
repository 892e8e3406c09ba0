"""Bytes sealed outside of rows: ledger entries, mails in the local mailbox.

Rules: with a subject, under the subject's `record` key, which an erasure destroys; without one,
under a key of the site for that label; the label binds the bytes to what they are for. No gate is
asked here: whoever opens has to ask it about what is inside.
"""

from collections.abc import Sequence
from uuid import UUID

from kept._kit import crypto
from kept.vault.errors import BAD_FORMAT, NO_KEY, NOT_AUTHENTIC, NoKeyError, NotAuthenticError
from kept.vault.keystore import ID_BYTES, SubjectKey, keystore

RECORD = "record"
"""The keep class of what is recorded about a subject."""
_OF_SUBJECT, _OF_SITE = b"\x01", b"\x02"
_LEDGER = "ledger"


def seal_bytes(label: str, data: bytes, subject: UUID | None = None) -> bytes:
    """`data`, readable only with the subject's (or the site's) key and the same `label`.

    Raises `NotStoredError` V009 where the subject was erased.
    """
    store = keystore()
    if subject is None:
        return _OF_SITE + store.identifiers.site_cipher(label).seal(data, label.encode())
    return _seal(label, data, store.keys.find_or_make(subject, RECORD))


def open_bytes(label: str, sealed: bytes) -> bytes:
    """What was sealed. Raises `NoKeyError` V001, `NotAuthenticError` V002 or V003."""
    if sealed[:1] == _OF_SITE:
        try:
            return keystore().identifiers.site_cipher(label).open(sealed[1:], label.encode())
        except crypto.NotAuthenticError:
            raise NotAuthenticError(
                NOT_AUTHENTIC, "sealed bytes were changed", place=label
            ) from None
    id = _key_id(sealed, label)
    key = keystore().keys.fetch([id]).get(id)
    if key is None:
        raise NoKeyError(NO_KEY, "the key of sealed bytes is destroyed", place=label)
    return _open(label, sealed, key)


class LedgerSealer:
    """The subjects' keys, as the ledger uses them."""

    def seal(self, subject: UUID, data: bytes) -> bytes:
        """See `kept.ledger.Sealer.seal`."""
        return seal_bytes(_LEDGER, data, subject)

    def seal_many(self, plains: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
        """See `kept.ledger.ManySealer.seal_many`: one query for all keys, one commit for new ones.

        Raises `NotStoredError` V009 where one of the subjects was erased.
        """
        owners = [subject.bytes for subject, _ in plains]
        keys = keystore().keys.find_or_make_all(owners, RECORD)
        return [
            _seal(_LEDGER, data, keys[owner])
            for owner, (_, data) in zip(owners, plains, strict=True)
        ]

    def open(self, subject: UUID, data: bytes) -> bytes | None:
        """See `kept.ledger.Sealer.open`."""
        return self.open_many([(subject, data)])[0]

    def open_many(self, sealed: Sequence[tuple[UUID, bytes]]) -> list[bytes | None]:
        """See `kept.ledger.ManySealer.open_many`: one query for all keys."""
        ids = [data[1 : 1 + ID_BYTES] for _, data in sealed]
        keys = keystore().keys.fetch(set(ids))
        return [
            _try(subject.bytes, data, keys.get(id))
            for (subject, data), id in zip(sealed, ids, strict=True)
        ]


def _seal(label: str, data: bytes, key: SubjectKey) -> bytes:
    return _OF_SUBJECT + key.id + key.cipher.seal(data, _associated(label, key))


def _try(owner: bytes, data: bytes, key: SubjectKey | None) -> bytes | None:
    if key is None or key.owner != owner or data[:1] != _OF_SUBJECT:
        return None
    try:
        return _open(_LEDGER, data, key)
    except NotAuthenticError:
        return None


def _open(label: str, sealed: bytes, key: SubjectKey) -> bytes:
    try:
        return key.cipher.open(sealed[1 + ID_BYTES :], _associated(label, key))
    except crypto.NotAuthenticError:
        raise _changed(label) from None


def _changed(label: str) -> NotAuthenticError:
    return NotAuthenticError(NOT_AUTHENTIC, "sealed bytes were changed", place=label)


def _key_id(sealed: bytes, label: str) -> bytes:
    if sealed[:1] != _OF_SUBJECT or len(sealed) < 1 + ID_BYTES:
        raise NotAuthenticError(BAD_FORMAT, "these bytes were not sealed here", place=label)
    return sealed[1 : 1 + ID_BYTES]


def _associated(label: str, key: SubjectKey) -> bytes:
    return b"kept/bytes/1\0" + key.owner + label.encode()
