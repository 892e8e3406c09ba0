"""How much mail is taken in a while, so that a flood from one sender or all of them only waits.

Rules: counts stand in memory only, senders under a digest whose key is made anew with every window;
whoever is over the limit is told to try again later, and is told the same whoever they are.
"""

import time

from kept._kit import crypto

WINDOW = 600.0
"""Seconds."""
MOST = 600
"""Mails in a window, all together."""
MOST_EACH = 30
"""Mails in a window from one sender."""


class Pace:
    """The counts of the present window."""

    def __init__(self) -> None:
        self._begin(0.0)

    def _begin(self, at: float) -> None:
        self._since, self._key = at, crypto.new_key()
        self._all, self._each = 0, dict[bytes, int]()

    def takes(self, sender: str) -> bool:
        """Whether one more mail of `sender` is taken now; counts it."""
        now = time.monotonic()
        if now - self._since >= WINDOW or not self._since:
            self._begin(now)
        one = crypto.digest(self._key, sender.lower().encode("utf-8", "replace"), 16)
        if self._all >= MOST or self._each.get(one, 0) >= MOST_EACH:
            return False
        self._all += 1
        self._each[one] = self._each.get(one, 0) + 1
        return True
