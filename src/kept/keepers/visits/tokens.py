"""The token of a page that is looked at: by it, how long is told without telling who.

Rules: sealed under the key of its window, which is in memory only and forgotten with the window
after; it holds the page and the moment, and is good once: no two are sealed with the same nonce.
"""

from typing import Final

import msgspec

from kept._kit import crypto

_ABOUT: Final = b"kept/visits/1"


class Inside(msgspec.Struct, array_like=True, frozen=True):
    """What a token holds."""

    page: str
    at: float


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Inside)


def mint(cipher: crypto.Cipher, page: str, moment: float) -> bytes:
    """A new token for a view of `page` at `moment`."""
    return cipher.seal(_encoder.encode(Inside(page, moment)), _ABOUT)


def name_of(token: bytes) -> bytes:
    """What tells a token of a key from every other."""
    return token[: crypto.NONCE_BYTES]


def read(cipher: crypto.Cipher, token: bytes) -> Inside | None:
    """What a token of this key holds; None for any other."""
    try:
        return _decoder.decode(cipher.open(token, _ABOUT))
    except (crypto.NotAuthenticError, msgspec.DecodeError):
        return None
