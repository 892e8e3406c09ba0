"""The collector's process: listens, closes windows at their fixed times, publishes.

Rules: one per host, held by a lock on its folder; on SIGTERM and SIGINT it gives out what it has
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
from collections.abc import Mapping
from typing import Final

from kept._kit.errors import KeptError
from kept.keepers.visits import messages, publishing, store
from kept.keepers.visits.codes import NO_SOCKET
from kept.keepers.visits.collecting import EVERY, Collector
from kept.keepers.visits.messages import Key, Leave, Lost, Message, Robot, View

log = logging.getLogger("kept.visits")
_DRAIN: Final = 0.05
"""Seconds in which what workers have sent is still taken, at the end."""


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

    peers: dict[asyncio.StreamWriter, int] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(collector, reader, writer, greeting, peers)

    socket = store.folder() / messages.NAME
    socket.unlink(missing_ok=True)
    with messages.reachable(store.folder()) as address:
        async with await asyncio.start_unix_server(serve, address):
            await _until(ending, collector)
            await asyncio.sleep(_DRAIN)
            await _say_goodbye(peers)
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


async def _serve(
    collector: Collector,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    greeting: bytes,
    peers: dict[asyncio.StreamWriter, int],
) -> None:
    peers[writer] = 0
    writer.write(messages.framed(greeting))
    try:
        while True:
            (length,) = messages.HEAD.unpack(await reader.readexactly(messages.HEAD.size))
            if length > messages.LONGEST:
                return
            message = messages.unpack(await reader.readexactly(length))
            if isinstance(message, Key):
                writer.write(messages.framed(collector.key))
                continue
            take(collector, message)
            peers[writer] += isinstance(message, View)
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    except KeptError as error:
        log.warning("%s", error)
    finally:
        peers.pop(writer, None)
        writer.close()


async def _say_goodbye(peers: Mapping[asyncio.StreamWriter, int]) -> None:
    """Tell each worker how many of its views were taken; it counts the others as lost."""
    for writer, taken in list(peers.items()):
        writer.write(messages.framed(messages.BYE.pack(messages.BYE_MARK, taken)))
        writer.close()


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
