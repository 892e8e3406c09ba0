"""One window of visits in memory: views, times of reading, robots, and the key of its tokens.

Rules: views are unchained (nothing says that two belong together): pages are counted, addresses
are a set, and neither is kept beside the other; how long a page was read is kept apart from both,
in six steps; a token is sealed under a key that exists in memory only and is forgotten one window
later; it counts once.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import msgspec

from kept._kit import crypto

STEPS: Final = (10, 30, 60, 180, 600)
"""Seconds that divide the times of reading: under 10 s, …, over 10 minutes."""
_NONCE: Final = 9
_ABOUT: Final = b"kept/visits/1"


class _Inside(msgspec.Struct, array_like=True, frozen=True):
    """What a token holds."""

    nonce: bytes
    page: str
    at: float


@dataclass(slots=True)
class Window:
    """What came in between two fixed times."""

    opened: float
    pages: Counter[str] = field(default_factory=Counter)
    addresses: set[str] = field(default_factory=set)
    unaddressed: int = 0
    """Views whose address may not be recorded."""
    readings: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(page, step) -> how many."""
    robots: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    _cipher: crypto.Cipher = field(default_factory=lambda: crypto.Cipher(crypto.new_key()))
    _used: set[bytes] = field(default_factory=set)

    def view(self, page: str, address: str, moment: float) -> bytes:
        """Note a view; the token by which its time of reading can be reported."""
        self.pages[page] += 1
        if address:
            self.addresses.add(address)
        else:
            self.unaddressed += 1
        inside = _Inside(secrets.token_bytes(_NONCE), page, moment)
        return self._cipher.seal(msgspec.msgpack.encode(inside), _ABOUT)

    def read_token(self, token: bytes) -> tuple[str, float] | None:
        """Page and moment of a token of this window that was not used before; it is used now."""
        try:
            inside = msgspec.msgpack.decode(self._cipher.open(token, _ABOUT), type=_Inside)
        except (crypto.NotAuthenticError, msgspec.DecodeError):
            return None
        if inside.nonce in self._used:
            return None
        self._used.add(inside.nonce)
        return inside.page, inside.at


def step_of(seconds: float) -> int:
    """The step (0 to 5) that a time of reading falls into."""
    return sum(seconds >= edge for edge in STEPS)
