"""What a leaf holds: a version, a day and a commitment to an event, and nothing about anyone.

Rules: a leaf is exactly 37 bytes; the commitment is SHA-256 over a fixed label, a random nonce of
32 bytes and the event's bytes, so that without the nonce no guess of the event can be confirmed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kept.ledger.log.errors import LEAF, LogError

VERSION = 1
SIZE = 37
"""Bytes of a leaf: version 1, days since 1970-01-01 4 (big-endian), commitment 32."""
NONCE = 32
"""Bytes of the nonce a commitment hides its event with."""

_LABEL = b"kept ledger event 1\n"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf, read."""

    day: date
    commitment: bytes


def commit(plain: bytes) -> bytes:
    """The 32 bytes that stand in a leaf for `plain`: the nonce (32 bytes) and then the event."""
    return hashlib.sha256(_LABEL + plain).digest()


def days(day: date) -> int:
    """`day` as days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def encode(day: int, commitment: bytes) -> bytes:
    """The bytes of a leaf. `day` counts from 1970-01-01."""
    return b"\x01" + day.to_bytes(4, "big") + commitment


def of(day: int, plains: Iterable[bytes]) -> list[bytes]:
    """The leaves of `plains`, each a nonce (32 bytes) and then the event, of one day."""
    head = encode(day, b"")
    return [head + hashlib.sha256(_LABEL + plain).digest() for plain in plains]


def decode(data: bytes) -> Leaf:
    """The leaf of `data`. Raises `LogError` L101 unless it is exactly one leaf of this version."""
    if len(data) != SIZE or data[0] != VERSION:
        raise LogError(LEAF, f"a leaf of `{len(data)}` bytes, version `{data[:1].hex()}`")
    ordinal = _EPOCH + int.from_bytes(data[1:5], "big")
    if ordinal > date.max.toordinal():
        raise LogError(LEAF, f"a leaf of day `{data[1:5].hex()}`")
    return Leaf(date.fromordinal(ordinal), data[5:])
