"""A web worker's side: hands views to the collector, and counts what it cannot hand over.

Rules: one connection per thread; a visitor waits for nobody (a view is sent and not answered, one
try a second where no collector is there); a view that could not be handed over is counted and
reported with the next one that can; what a collector had not taken when it ended, or took with it
when it died, is reported as lost. The key of the window's tokens is asked for once per window.
"""

import socket
import struct
import threading
import time
from typing import Final

from kept._kit import crypto
from kept.keepers.visits import messages, store, tokens
from kept.keepers.visits.collecting import EVERY
from kept.keepers.visits.messages import Key, Leave, Lost, Message, Robot, View

_WAIT: Final = struct.pack("@ll", 0, 200_000)
"""A fifth of a second, as the system is told it: Python's own time-out looks before each word."""
_AGAIN: Final = 1.0


class Hand:
    """The counts and the key are the worker's; the connection is the thread's."""

    def __init__(self) -> None:
        self._here = threading.local()
        self._lock = threading.Lock()
        self._lost = 0
        self._given: tuple[int, int] = (0, 0)
        """(window, views given to the collector in it)"""
        self._tried = 0.0
        self._collector = b""
        self._key: tuple[int, crypto.Cipher] | None = None
        """(window, key of its tokens)"""

    @property
    def lost(self) -> int:
        """Views that are not reported yet."""
        return self._lost

    def view(self, page: str, address: str) -> bytes | None:
        """Hand a view over; its token, or None where nobody took it (it is counted then)."""
        cipher = self._cipher()
        if cipher is None or not self._say(View(page, address)):
            self.lose()
            return None
        with self._lock:
            window = _window()
            given = self._given[1] if self._given[0] == window else 0
            self._given = (window, given + 1)
        self._here.sent += 1
        return tokens.mint(cipher, page, time.time())

    def lose(self) -> None:
        """Count a view that could not be handed over, or not even looked at."""
        with self._lock:
            self._lost += 1

    def robot(self, page: str) -> None:
        """Hand a robot's view over."""
        self._say(Robot(page))

    def leave(self, token: bytes) -> None:
        """Hand over that a page is no longer looked at."""
        self._say(Leave(token))

    def _cipher(self) -> crypto.Cipher | None:
        """The key of this window's tokens; the one before is forgotten."""
        found = self._key
        if found is not None and found[0] == _window():
            return found[1]
        self._key = None
        if not self._say(Key()):
            return None
        try:
            self._key = (_window(), crypto.Cipher(messages.receive(self._here.peer)))
        except (OSError, ValueError):
            self._part()
            return None
        return self._key[1]

    def _say(self, message: Message) -> bool:
        peer = getattr(self._here, "peer", None) or self._connect()
        if peer is None:
            return False
        try:
            peer.sendall(messages.pack(message))
        except OSError:
            self._part()
            return False
        return True

    def _part(self) -> None:
        """The connection is over: what the collector says it did not take is lost."""
        peer, sent = self._here.peer, self._here.sent
        self._here.peer, self._here.sent, self._key = None, 0, None
        taken = _farewell(peer)
        peer.close()
        if taken is not None:
            with self._lock:
                self._lost += max(0, sent - taken)

    def _connect(self) -> socket.socket | None:
        with self._lock:
            if time.monotonic() - self._tried < _AGAIN and self._tried:
                return None
            peer = self._greeted()
            self._tried = time.monotonic() if peer is None else 0.0
            self._here.peer, self._here.sent = peer, 0
        return peer

    def _greeted(self) -> socket.socket | None:
        """A connection, after what was lost has been reported on it."""
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            peer.setsockopt(socket.SOL_SOCKET, direction, _WAIT)
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
        self._given, self._key = (0, 0), None
        return given if known and not clean and window == _window() else 0


def _window() -> int:
    return int(time.time() // EVERY)


def _farewell(peer: socket.socket) -> int | None:
    """How many views a collector that ended cleanly took from this connection."""
    try:
        body = messages.receive(peer)
        mark, taken = messages.BYE.unpack(body)
    except (OSError, messages.BYE_ERROR):
        return None
    return int(taken) if mark == messages.BYE_MARK else None


hand: Final = Hand()
"""This process's."""
