"""Where a request comes from, and the brake on one address's sign-in attempts.

Rules (UI-05): an address is counted in this process's memory only, as a digest under a random key
that is destroyed with its window; it is never written anywhere, so never beside an identity.
Behind several workers the limit holds per worker; the limit per account (`throttle`) holds for all.
"""

import hashlib
import ipaddress
import secrets
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest

from kept.conf import settings

WINDOW = 15 * 60
"""Seconds after which key and counts are forgotten."""
LIMIT = 50
"""Attempts of one address in a window: an office behind one address still gets in."""
_ROOM = 20_000
"""Distinct addresses counted one by one; beyond, all others share one count."""


def of(request: HttpRequest) -> str:
    """The client's address: the peer's, or what trusted proxies say stood before them.

    The right-most address in `X-Forwarded-For` that is not a trusted proxy's; a header from
    anyone else, or a malformed one, is not believed.
    """
    trusted = settings().trusted_proxies
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while address in trusted and forwarded:
        said = forwarded.pop().strip()
        if not _is_address(said):
            break
        address = said
    return address


class Brake:
    """Counts attempts per address within a window; forgets everything when the window ends."""

    def __init__(
        self, *, limit: int = LIMIT, room: int = _ROOM, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._room, self._timer = limit, room, timer
        self._lock = Lock()
        self._open_window()

    def wait(self, address: str) -> int:
        """Count an attempt; seconds until `address` may try again, 0 when it may now."""
        with self._lock:
            if self._timer() >= self._ends:
                self._open_window()
            digest = self._digest(address)
            if digest not in self._counts and len(self._counts) >= self._room:
                digest = b""
            self._counts[digest] += 1
            if self._counts[digest] <= self._limit:
                return 0
            return max(1, int(self._ends - self._timer()))

    def _open_window(self) -> None:
        self._key = secrets.token_bytes(32)
        self._counts: Counter[bytes] = Counter()
        self._ends = self._timer() + WINDOW

    def _digest(self, address: str) -> bytes:
        return hashlib.blake2b(_network(address).encode(), key=self._key, digest_size=16).digest()


def _network(address: str) -> str:
    """An IPv6 subscriber holds a whole /64; one count for all of it."""
    if not _is_address(address):
        return ""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:  # noqa: PLR2004 - the version's number
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
