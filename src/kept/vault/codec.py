"""One envelope per row: all sealed values of the row in one authenticated, padded ciphertext.

Form: 1 byte format, 16 bytes key id, 4 bytes revision, then nonce, ciphertext and tag (AES-256-GCM
over the values in MessagePack, padded). Rules: the associated data binds the envelope to its table,
row, subject, keep class and revision, so that it opens nowhere else; lengths are padded to steps,
so that they tell little; no values at all are an empty envelope, which needs no key.
"""

import struct
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from kept._kit import crypto
from kept.vault.errors import BAD_FORMAT, BAD_VALUE, NOT_AUTHENTIC, NotAuthenticError, RefusedError
from kept.vault.keystore import ID_BYTES, SubjectKey

FORMAT = 1
_HEADER = struct.Struct(f">B{ID_BYTES}sI")
_HEAD = _HEADER.size
_TEXT = _HEAD + crypto.NONCE_BYTES
_MARK = b"\x80"
_SMALLEST_STEP = 32
_encoder = msgspec.msgpack.Encoder()
_decode = msgspec.msgpack.Decoder(dict[str, Any]).decode

Values = dict[str, Any]


class Envelope(bytes):
    """Bytes that this module sealed: the only ones that an envelope column takes."""

    __slots__ = ()


EMPTY = Envelope()


class Place(NamedTuple):
    """Where an envelope belongs."""

    table: str
    row: UUID | int | str
    subject: UUID
    revision: int

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


def key_id(raw: bytes, place: object) -> bytes:
    """The id of the key that `raw` was sealed with. Raises `NotAuthenticError` V003."""
    if not is_envelope(raw):
        raise NotAuthenticError(BAD_FORMAT, "these bytes are no envelope", place=str(place))
    return raw[1 : 1 + ID_BYTES]


def is_envelope(raw: bytes) -> bool:
    """Whether `raw` has the form of one; whether it opens is another question."""
    return len(raw) >= _HEADER.size and raw[0] == FORMAT


def seal(values: Values, key: SubjectKey, place: Place) -> Envelope:
    """The envelope of `values`. Raises `RefusedError` V018 on what MessagePack cannot hold."""
    try:
        plain = _encoder.encode(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise RefusedError(
            BAD_VALUE, f"{type(error).__name__} while sealing", place=str(place)
        ) from None
    head = _HEADER.pack(FORMAT, key.id, place.revision)
    return Envelope(head + key.cipher.seal(_pad(plain), head + _associated(key, place)))


def open(raw: bytes, key: SubjectKey, place: Place) -> Values:
    """The values of an envelope. Raises `NotAuthenticError` V002 or V003, never gives a part."""
    return Opener(place.table).open(raw, key, place.row, place.subject, place.revision)


class Opener:
    """Opens the envelopes of one table: what is the same for all of them is made ready."""

    __slots__ = ("_before_row",)

    def __init__(self, table: str) -> None:
        self._before_row = table.encode() + b"\0"

    def open(
        self, raw: bytes, key: SubjectKey, row: UUID | int | str, subject: UUID, revision: int
    ) -> Values:
        """The values of an envelope. Raises `NotAuthenticError` V002 or V003."""
        owner = key.owner
        if subject.int.to_bytes(16) == owner:
            associated = b"".join((
                raw[:_HEAD], self._before_row,
                row.int.to_bytes(16) if type(row) is UUID else str(row).encode(),
                b"\0", owner, revision.to_bytes(4), key.keep.encode(),
            ))  # fmt: skip
            try:
                padded = key.cipher.decrypt(raw[_HEAD:_TEXT], raw[_TEXT:], associated)
            except crypto.REFUSED:
                pass
            else:
                return _decode(padded.rstrip(b"\0")[:-1])
        place = Place(self._before_row[:-1].decode(), row, subject, revision)
        key_id(raw, place)
        raise NotAuthenticError(NOT_AUTHENTIC, _why(raw, key, place), place=str(place))


def _why(raw: bytes, key: SubjectKey, place: Place) -> str:
    _, _, revision = _HEADER.unpack_from(raw)
    if key.subject != place.subject:
        return "the envelope is of another subject"
    if revision != place.revision:
        return f"the envelope is of revision {revision}, the row of revision {place.revision}"
    return "the envelope was changed or belongs to another row"


def _associated(key: SubjectKey, place: Place) -> bytes:
    table, row, subject, revision = place
    named = row.bytes if isinstance(row, UUID) else str(row).encode()
    return b"%b\0%b\0%b%b%b" % (
        table.encode(), named, subject.bytes, revision.to_bytes(4, "big"), key.keep.encode()
    )  # fmt: skip


def _pad(plain: bytes) -> bytes:
    """ISO/IEC 7816-4 padding to a step: 32 bytes, for longer texts an eighth of their length."""
    size = len(plain) + 1
    step = max(_SMALLEST_STEP, 1 << max(0, size.bit_length() - 4))
    return plain + _MARK + b"\0" * (-size % step)
