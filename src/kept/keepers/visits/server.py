"""The collector's process: listens, closes windows at their fixed times, publishes.

Rules: one per host, held by a lock on its folder; it looks a hundred times a second at what
workers sent, and is not woken by each view; on SIGTERM and SIGINT it gives out what it has
(addresses only where there are enough) and says that it ended cleanly; a batch is on record in the
ledger as two counts.
"""

import asyncio
import fcntl
import logging
import os
import secrets
import signal
import time
from typing import Final

from kept._kit.errors import KeptError
from kept.keepers.visits import messages, publishing, store
from kept.keepers.visits.codes import NO_SOCKET
from kept.keepers.visits.collecting import EVERY, Collector
from kept.keepers.visits.messages import Key, Leave, Lost, Message, Robot, View

log = logging.getLogger("kept.visits")
_DRAIN: Final = 0.05
"""Seconds in which what workers have sent is still taken, at the end."""
_REST: Final = 0.01
"""Seconds for which what workers send waits in the socket: waking up for each view took a served
page four times as long as noting it."""
_MUCH: Final = 1024
"""Bytes at once after which there is no rest: a full socket would keep visitors waiting."""


def main() -> int:
    """Collect until told to end. Returns the process's exit code."""
    lock = _only_one()
    try:
        asyncio.run(_run())
    finally:
        os.close(lock)
    return 0


def _only_one() -> int:
    descriptor = os.open(store.folder(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise KeptError(NO_SOCKET, "another collector runs", place=str(store.folder())) from error
    return descriptor


async def _run() -> None:
    collector = Collector(time.time(), store.known)
    clean = store.begin(time.time())
    greeting = (messages.CLEAN if clean else messages.LOSSY) + secrets.token_bytes(8)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)

    peers: set[_Peer] = set()
    socket = store.folder() / messages.NAME
    socket.unlink(missing_ok=True)
    with messages.reachable(store.folder()) as address:
        async with await loop.create_unix_server(
            lambda: _Peer(collector, greeting, peers), address
        ):
            await _until(ending, collector)
            for peer in peers:
                peer.rest = 0.0
            await asyncio.sleep(_REST + _DRAIN)
            for peer in list(peers):
                peer.say_goodbye()
    socket.unlink(missing_ok=True)
    last = collector.end(time.time())
    await asyncio.to_thread(publishing.publish, last, collector.next_close - EVERY)
    await asyncio.to_thread(store.end)


async def _until(ending: asyncio.Event, collector: Collector) -> None:
    while not ending.is_set():
        pause = max(0.0, min(60.0, collector.next_close - time.time()))
        try:
            await asyncio.wait_for(ending.wait(), timeout=pause + 0.01)
        except TimeoutError:
            closed = collector.next_close
            batch = collector.close_if_due(time.time())
            await asyncio.to_thread(publishing.publish, batch, closed)


class _Peer(asyncio.Protocol):
    """One connection of a worker's thread."""

    def __init__(self, collector: Collector, greeting: bytes, peers: "set[_Peer]") -> None:
        self.rest = _REST
        self._collector, self._greeting, self._peers = collector, greeting, peers
        self._data = bytearray()
        self._taken = 0
        """Views."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; what comes first is read at once."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a Unix server gives
        self._transport = transport
        self._peers.add(self)
        transport.write(messages.framed(self._greeting))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone; all that it sent was read before."""
        self._peers.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, then let the next wait for a moment."""
        self._data += data
        try:
            for body in messages.cut(self._data):
                self._take(messages.unpack(body))
        except (KeptError, ConnectionError) as error:
            log.warning("%s", error)
            self._transport.close()
            return
        if self.rest and len(data) < _MUCH:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(self.rest, self._read_on)

    def say_goodbye(self) -> None:
        """Tell the worker how many of its views were taken; it counts the others as lost."""
        goodbye = messages.BYE.pack(messages.BYE_MARK, self._taken)
        self._transport.write(messages.framed(goodbye))
        self._transport.close()

    def _take(self, message: Message) -> None:
        if isinstance(message, Key):
            self._transport.write(messages.framed(self._collector.key))
            return
        take(self._collector, message)
        self._taken += isinstance(message, View)

    def _read_on(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()


def take(collector: Collector, message: Message) -> None:
    """Hand one message to the collector."""
    match message:
        case View(page=page, address=address):
            collector.view(page, address)
        case Robot(page=page):
            collector.robot(page)
        case Leave(token=token):
            collector.leave(token, time.time())
        case Lost(views=views):
            collector.lose(views)
