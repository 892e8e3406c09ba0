"""A real door in this process, for conversations with it."""

import asyncio
import smtplib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from kept.keepers.letters import protocol, server
from kept.keepers.letters.listening import Listening


@dataclass
class Opened:
    """A door; `port` is where it listens."""

    port: int
    _loop: asyncio.AbstractEventLoop = field(repr=False)
    _ended: asyncio.Event = field(repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    def smtp(self, *, lmtp: bool = False) -> smtplib.SMTP:
        """A conversation with it."""
        client = smtplib.LMTP if lmtp else smtplib.SMTP
        return client("127.0.0.1", self.port, "x", timeout=20)

    def close(self) -> None:
        """Shut it."""
        self._loop.call_soon_threadsafe(self._ended.set)
        assert self._thread is not None
        self._thread.join(10)


def start(said: Listening) -> Opened:
    """Open a door at any port of this machine, as `said` says otherwise."""
    ready = threading.Event()
    made: list[Opened] = []

    async def run() -> None:
        opened, ended = protocol.Open(), asyncio.Event()
        with ThreadPoolExecutor(4) as workers:
            door = server.Door(said, workers)
            spoken = protocol.Lmtp if said.protocol == "lmtp" else protocol.Smtp
            loop = asyncio.get_running_loop()
            listens = await loop.create_server(lambda: spoken(door, said, opened), "127.0.0.1", 0)
            made.append(Opened(listens.sockets[0].getsockname()[1], loop, ended))
            ready.set()
            async with listens:
                await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(10)
    made[0]._thread = thread
    return made[0]
