"""A web worker's side: hands views to the collector, and counts what it cannot hand over.

Rules: one connection per thread; a visitor never waits for a collector that is not there (one try a
second); a view that could not be handed over is counted and reported with the next one that can; if
a collector died with its memory, what this worker gave it in the open window is reported as lost.
"""

import socket
import threading
import time
from typing import Final

from kept.keepers.visits import messages, store
from kept.keepers.visits.collecting import EVERY
from kept.keepers.visits.messages import Leave, Lost, Message, Robot, View

_WAIT: Final = 0.2
_AGAIN: Final = 1.0


class Hand:
    """The counts are the worker's; the connection is the thread's."""

    def __init__(self) -> None:
        self._here = threading.local()
        self._lock = threading.Lock()
        self._lost = 0
        self._given: tuple[int, int] = (0, 0)
        """(window, views given to the collector in it)"""
        self._tried = 0.0
        self._collector = b""

    @property
    def lost(self) -> int:
        """Views that are not reported yet."""
        return self._lost

    def view(self, page: str, address: str) -> bytes | None:
        """Hand a view over; its token, or None where nobody took it (it is counted then)."""
        token = self._say(View(page, address), answered=True)
        with self._lock:
            if token is None:
                self._lost += 1
            else:
                window = int(time.time() // EVERY)
                given = self._given[1] if self._given[0] == window else 0
                self._given = (window, given + 1)
        return token

    def lose(self) -> None:
        """Count a view that could not even be looked at."""
        with self._lock:
            self._lost += 1

    def robot(self, page: str) -> None:
        """Hand a robot's view over."""
        self._say(Robot(page))

    def leave(self, token: bytes) -> None:
        """Hand over that a page is no longer looked at."""
        self._say(Leave(token))

    def _say(self, message: Message, *, answered: bool = False) -> bytes | None:
        peer = getattr(self._here, "peer", None) or self._connect()
        if peer is None:
            return None
        try:
            peer.sendall(messages.pack(message))
            return messages.receive(peer) if answered else None
        except OSError:
            peer.close()
            self._here.peer = None
            return None

    def _connect(self) -> socket.socket | None:
        with self._lock:
            if time.monotonic() - self._tried < _AGAIN and self._tried:
                return None
            peer = self._greeted()
            self._tried = time.monotonic() if peer is None else 0.0
            self._here.peer = peer
        return peer

    def _greeted(self) -> socket.socket | None:
        """A connection, after what was lost has been reported on it."""
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        peer.settimeout(_WAIT)
        try:
            with messages.reachable(store.folder()) as address:
                peer.connect(address)
            lost = self._lost + self._forgotten(messages.receive(peer))
            if lost:
                peer.sendall(messages.pack(Lost(lost)))
        except OSError:
            peer.close()
            return None
        self._lost = 0
        return peer

    def _forgotten(self, greeting: bytes) -> int:
        """How many views of the open window the collector before this one took with it."""
        clean, collector = greeting[:1] == messages.CLEAN, greeting[1:]
        if collector == self._collector:
            return 0
        known, self._collector = self._collector, collector
        window, given = self._given
        self._given = (0, 0)
        return given if known and not clean and window == int(time.time() // EVERY) else 0


hand: Final = Hand()
"""This process's."""
