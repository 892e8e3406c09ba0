"""A receiving server's view of the site: mails as it would hand them over."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kept import gate
from kept.keepers.letters import listening, storing
from tests.letters import doors
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


@pytest.fixture
def open_door(transactional_db, usimprints) -> Iterator[Any]:
    """A function that opens a door with more settings."""
    running: list[doors.Opened] = []

    def open_(lmtp: bool = False, **changed: Any) -> doors.Opened:
        said = listening.listening()
        assert said is not None
        said = replace(said, protocol="lmtp" if lmtp else "smtp", **changed)
        running.append(doors.start(said))
        return running[-1]

    yield open_
    for one in running:
        one.close()


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
