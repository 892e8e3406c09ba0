"""A receiving server's view of the site: mails as it would hand them over."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from kept import gate
from kept.keepers.letters import listening, protocol, server, storing
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]
US = "mx.usimprints.example"
INFO = "info@usimprints.example.org"
ZOE = "zoe.canary-9d3f@example.org"


def mail(
    sender: str = ZOE,
    heading: str = "Mugs",
    text: str = "Forty mugs canary-9d3f, please.",
    *,
    proven: bool = True,
    more: str = "",
    id: str = "one",
) -> bytes:
    """A mail as the receiving server hands it over."""
    domain = sender.rpartition("@")[2]
    results = f"Authentication-Results: {US}; dmarc=pass header.from={domain}\r\n" if proven else ""
    return (
        f"Received: from laptop ([203.0.113.77]) by {US}; Mon, 23 Nov 2026 09:14:32 +0000\r\n"
        f"{results}Message-ID: <{id}@laptop.example>\r\nDate: Mon, 23 Nov 2026 09:14:32 +0000\r\n"
        f"{more}From: Zoë <{sender}>\r\nTo: {INFO}\r\nSubject: {heading}\r\n\r\n{text}\r\n"
    ).encode()


@pytest.fixture(autouse=True)
def mail_in(settings):
    """The door's settings."""
    words = {"listen": "smtp://127.0.0.1:0", "authserv": US}
    settings.KEPT = {**settings.KEPT, "MAIL_IN": words}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return words


def came(raw: bytes, mail_from: str | None = ZOE) -> storing.Came:
    """What the door hands to the store."""
    said = listening.listening()
    assert said is not None
    ours = listening.addresses(said) | storing.own_senders()
    return storing.Came(raw, mail_from, (INFO,), said, ours)


def take(raw: bytes, mail_from: str | None = ZOE) -> str:
    """Store it."""
    return storing.store(came(raw, mail_from))


def values(row: Any, purpose: str = "answer-inquiry") -> dict[str, Any]:
    """What the gate gives of a row."""
    with gate.purpose(purpose):
        return dict(row.values)


@dataclass
class Opened:
    """A door in this process; `port` is where it listens."""

    port: int
    door: server.Door
    opened: protocol.Open
    loop: asyncio.AbstractEventLoop
    _ended: asyncio.Event = field(repr=False)

    def smtp(self, *, lmtp: bool = False) -> smtplib.SMTP:
        """A conversation with it."""
        client = smtplib.LMTP if lmtp else smtplib.SMTP
        return client("127.0.0.1", self.port, "x", timeout=20)


@pytest.fixture
def open_door(transactional_db, usimprints) -> Iterator[Any]:
    """A function that opens a door with more settings."""
    running: list[tuple[Opened, threading.Thread]] = []

    def open_(lmtp: bool = False, **changed: Any) -> Opened:
        from dataclasses import replace

        said = listening.listening()
        assert said is not None
        said = replace(said, protocol="lmtp" if lmtp else "smtp", **changed)
        ready: Any = threading.Event()
        made: list[Opened] = []

        async def run() -> None:
            opened, ended = protocol.Open(), asyncio.Event()
            with ThreadPoolExecutor(4) as workers:
                door = server.Door(said, workers)
                spoken = protocol.Lmtp if lmtp else protocol.Smtp
                loop = asyncio.get_running_loop()
                listens = await loop.create_server(
                    lambda: spoken(door, said, opened), "127.0.0.1", 0
                )
                port = listens.sockets[0].getsockname()[1]
                made.append(Opened(port, door, opened, loop, ended))
                ready.set()
                async with listens:
                    await ended.wait()

        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        assert ready.wait(10)
        running.append((made[0], thread))
        return made[0]

    yield open_
    for one, thread in running:
        one.loop.call_soon_threadsafe(one._ended.set)
        thread.join(10)


def raw_talk(port: int, *lines: bytes) -> bytes:
    """Say lines and read what comes until the other side closes, or for a second."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        peer.settimeout(1)
        for line in lines:
            try:
                peer.sendall(line)
            except OSError:
                break
        said = b""
        try:
            while data := peer.recv(4096):
                said += data
        except OSError:
            pass
        return said
