"""Ed25519 (RFC 8032) for signed notes: the one file that signs and verifies for the ledger.

Rules: a signature is 64 bytes, a key 32; what does not verify is False, never an exception.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from kept.ledger.log.errors import KEY, LogError
from kept.ledger.log.note import ED25519, PublicKey, parse_key

_KEY_BYTES = 32
_SIGNATURE_BYTES = 64


class Signer:
    """Signs under `name` with the private key of `seed` (32 bytes)."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = PublicKey(name, ED25519, self._key.public_key().public_bytes_raw())
        self.name, self.key_id = name, self.public.key_id

    def sign(self, text: bytes) -> bytes:
        """64 bytes over `text`."""
        return self._key.sign(text)


class Verifier:
    """Verifies signatures of one public key. Raises `LogError` L113 for a key of another kind."""

    def __init__(self, public: PublicKey) -> None:
        if public.type != ED25519 or len(public.key) != _KEY_BYTES:
            raise LogError(KEY, f"`{public.name}` is no Ed25519 key")
        self._key = Ed25519PublicKey.from_public_bytes(public.key)
        self.public, self.name, self.key_id = public, public.name, public.key_id

    def verify(self, text: bytes, signature: bytes) -> bool:
        """True where `signature` is this key's over `text`."""
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            self._key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


def verifier(text: str) -> Verifier:
    """The verifier of a published key `name+id+base64`. Raises `LogError` L113."""
    return Verifier(parse_key(text.strip()))
