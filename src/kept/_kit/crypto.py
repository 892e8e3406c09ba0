"""The one file that imports `cryptography`: authenticated encryption and keyed digests.

Rules: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front of each ciphertext; what
fails to authenticate raises and gives nothing; keyed BLAKE2b (RFC 7693) makes digests that mean
nothing without their key.
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
REFUSED = (InvalidTag, ValueError)
"""What `Cipher.decrypt` raises for any other key, bytes or associated data."""
TAG_BYTES = 16


class NotAuthenticError(Exception):
    """The bytes were not sealed with this key and this associated data."""


class Cipher:
    """One key. What works with it is made when it is needed, and kept from the second time on.

    Making it costs as much as sealing a short value, and keeping it some 2 KB of memory: of a
    thousand keys of a page, most open one row.
    """

    __slots__ = ("_aead", "_key", "_used")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self._aead: AESGCM | None = None
        self._used = False

    def _ready(self) -> AESGCM:
        made = AESGCM(self._key)
        if self._used:
            self._aead = made
        self._used = True
        return made

    def seal(self, plain: bytes, associated: bytes) -> bytes:
        """Nonce, ciphertext and tag of `plain`, bound to `associated`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + (self._aead or self._ready()).encrypt(nonce, plain, associated)

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        """The plain bytes. Raises `REFUSED`, which loops over thousands of rows catch themselves.

        Whoever opens one by one calls `open`.
        """
        return (self._aead or self._ready()).decrypt(nonce, sealed, associated)

    def open(self, sealed: bytes, associated: bytes, at: int = 0) -> bytes:
        """The plain bytes of what begins `at`.

        Raises `NotAuthenticError` for any other key, bytes or `associated`.
        """
        begins = at + NONCE_BYTES
        try:
            return (self._aead or self._ready()).decrypt(
                sealed[at:begins], sealed[begins:], associated
            )
        except REFUSED as error:
            raise NotAuthenticError from error

    def seal_part(self, number: int, plain: bytes, *, last: bool) -> bytes:
        """Part `number` (0 to 2**32 - 1) of a stream that is this key's only one.

        STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): number and end stand in the nonce, so
        that a stream that was cut, reordered or continued does not open.
        """
        return (self._aead or self._ready()).encrypt(_part_nonce(number, last=last), plain, None)

    def open_part(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """What `seal_part` sealed. Raises `NotAuthenticError`."""
        try:
            return (self._aead or self._ready()).decrypt(
                _part_nonce(number, last=last), sealed, None
            )
        except REFUSED as error:
            raise NotAuthenticError from error


def _part_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + (b"\1" if last else b"\0")


def new_key() -> bytes:
    """256 random bits."""
    return os.urandom(KEY_BYTES)


def digest(key: bytes, data: bytes, size: int = 32) -> bytes:
    """Keyed BLAKE2b of `data`, `size` bytes long."""
    return hashlib.blake2b(data, key=key, digest_size=size).digest()
