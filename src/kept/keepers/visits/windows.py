"""One window of visits in memory: views, times of reading, robots, and the key of its tokens.

Rules: views are unchained (nothing says that two belong together): pages are counted, addresses
are a set, and neither is kept beside the other; how long a page was read is kept apart from both,
in six steps; a token is sealed under a key that exists in memory only and is forgotten one window
later; it counts once.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from kept._kit import crypto
from kept.keepers.visits import tokens

STEPS: Final = (10, 30, 60, 180, 600)
"""Seconds that divide the times of reading: under 10 s, …, over 10 minutes."""


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
    key: bytes = field(default_factory=crypto.new_key)
    """Of the tokens of its views; workers have it too, while the window is open."""
    _used: set[bytes] = field(default_factory=set)

    def view(self, page: str, address: str) -> None:
        """Note a view."""
        self.pages[page] += 1
        if address:
            self.addresses.add(address)
        else:
            self.unaddressed += 1

    def read_token(self, token: bytes) -> tuple[str, float] | None:
        """Page and moment of a token of this window that was not used before; it is used now."""
        inside = tokens.read(crypto.Cipher(self.key), token)
        if inside is None or tokens.name_of(token) in self._used:
            return None
        self._used.add(tokens.name_of(token))
        return inside.page, inside.at


def step_of(seconds: float) -> int:
    """The step (0 to 5) that a time of reading falls into."""
    return sum(seconds >= edge for edge in STEPS)
