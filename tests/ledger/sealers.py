"""A real sealer for the ledger's tests: AES-256-GCM, a random key per subject."""

import hashlib
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class GcmSealer:
    def __init__(self) -> None:
        self.keys: dict[UUID, AESGCM] = {}
        self.gone: set[UUID] = set()

    def seal(self, subject: UUID, data: bytes) -> bytes:
        if subject in self.gone:
            raise LookupError("the key is destroyed")
        if subject not in self.keys:
            self.keys[subject] = AESGCM(AESGCM.generate_key(256))
        nonce = os.urandom(12)
        return nonce + self.keys[subject].encrypt(nonce, data, subject.bytes)

    def open(self, subject: UUID, data: bytes) -> bytes | None:
        key = self.keys.get(subject)
        if key is None:
            return None
        try:
            return key.decrypt(data[:12], data[12:], subject.bytes)
        except InvalidTag:
            return None

    def destroy(self, subject: UUID) -> None:
        self.keys.pop(subject, None)
        self.gone.add(subject)


class FixedSealer:
    """AES-256-GCM with keys derived from a fixed secret, so that several processes share them."""

    def seal(self, subject: UUID, data: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._key(subject).encrypt(nonce, data, subject.bytes)

    def open(self, subject: UUID, data: bytes) -> bytes | None:
        try:
            return self._key(subject).decrypt(data[:12], data[12:], subject.bytes)
        except InvalidTag:
            return None

    def _key(self, subject: UUID) -> AESGCM:
        return AESGCM(hashlib.sha256(b"only for testing" + subject.bytes).digest())
