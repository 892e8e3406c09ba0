"""A sealed stream: parts of 64 KiB, each authenticated in its place, in bounded memory.

Form: `KF1`, the id of the subject's key, the file's own random key wrapped by it, then the parts
(`kept._kit.crypto.Cipher.seal_part`). Rules: the wrapped key is bound to file and subject; a stream
that was cut, continued, reordered or changed raises before the part in question is given; an empty
stream is one empty last part.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from uuid import UUID

from kept._kit import crypto
from kept.vault.errors import BAD_FORMAT, NOT_AUTHENTIC, NotAuthenticError
from kept.vault.keystore import ID_BYTES, SubjectKey

PART = 64 * 1024
_MARK = b"KF1"
_WRAPPED = crypto.NONCE_BYTES + crypto.KEY_BYTES + crypto.TAG_BYTES
HEADER = len(_MARK) + ID_BYTES + _WRAPPED


def seal(source: Iterable[bytes], file: UUID, key: SubjectKey) -> Iterator[bytes]:
    """The sealed stream of `source` (pieces of any size), header first."""
    own = crypto.new_key()
    yield _MARK + key.id + key.cipher.seal(own, _bound_to(file, key))
    cipher = crypto.Cipher(own)
    for number, (part, last) in enumerate(_with_end(_parts(source, PART))):
        yield cipher.seal_part(number, part, last=last)


def key_id(header: bytes, place: str) -> bytes:
    """The id of the subject's key. Raises `NotAuthenticError` V003."""
    if len(header) != HEADER or not header.startswith(_MARK):
        raise NotAuthenticError(BAD_FORMAT, "these bytes are no sealed file", place=place)
    return header[len(_MARK) : len(_MARK) + ID_BYTES]


def open(sealed: BinaryIO, header: bytes, file: UUID, key: SubjectKey) -> Iterator[bytes]:
    """The parts, each authenticated before it is given. Raises `NotAuthenticError` V002."""
    try:
        own = key.cipher.open(header[len(_MARK) + ID_BYTES :], _bound_to(file, key))
        cipher = crypto.Cipher(own)
        pieces = iter(lambda: sealed.read(PART + crypto.TAG_BYTES), b"")
        for number, (piece, last) in enumerate(_with_end(pieces)):
            yield cipher.open_part(number, piece, last=last)
    except crypto.NotAuthenticError:
        raise NotAuthenticError(
            NOT_AUTHENTIC, "a sealed file was changed, cut or put together anew", place=str(file)
        ) from None


def under(header: bytes, file: UUID, key: SubjectKey, other: SubjectKey) -> bytes:
    """The same header under another subject's key. Raises `NotAuthenticError` V002."""
    try:
        own = key.cipher.open(header[len(_MARK) + ID_BYTES :], _bound_to(file, key))
    except crypto.NotAuthenticError:
        raise NotAuthenticError(
            NOT_AUTHENTIC, "a sealed file's head was changed", place=str(file)
        ) from None
    return _MARK + other.id + other.cipher.seal(own, _bound_to(file, other))


def _bound_to(file: UUID, key: SubjectKey) -> bytes:
    return b"kept/file/1\0" + file.bytes + key.owner + key.keep.encode()


def _parts(source: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in parts of `size`, the last one shorter."""
    waiting = bytearray()
    for piece in source:
        waiting += piece
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


def _with_end(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each part, and whether it is the last one; an empty last part where there is none."""
    before: bytes | None = None
    for part in parts:
        if before is not None:
            yield before, False
        before = part
    yield before or b"", True
