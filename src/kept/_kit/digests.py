"""The name of a text: what stands for it where it must be recognised and need not be read."""

import hashlib


def digest_of(text: str) -> str:
    """BLAKE2b-256 (RFC 7693) of the UTF-8 bytes of `text`, in 64 lower-case hexadecimal digits.

    Without a key: for texts that are public or random. What could be guessed needs
    `kept._kit.crypto.digest`.
    """
    return hashlib.blake2b(text.encode("utf-8"), digest_size=32).hexdigest()
