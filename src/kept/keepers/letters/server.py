"""The door for mail: a process of its own that listens, hands each mail to the store, answers.

Rules: a mail is acknowledged once it is committed and on disk, never before; what hinders storing
is answered with 451, so that the sender tries again; nothing of a mail is logged or stands in a
file in clear; a mail that the policy lets nobody keep is refused for good; on SIGTERM what is being
stored is finished, and nothing new is taken.
"""

import asyncio
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from django.db import close_old_connections

from kept.conf import settings
from kept.keepers.letters import listening, pace, protocol, storing
from kept.keepers.letters.listening import Listening
from kept.keepers.letters.storing import Came

log = logging.getLogger("kept.letters")
_MOST_RECIPIENTS = 20
_WORKERS = 4
_LATER = "451 4.3.0 Not stored, try again later"
_ANSWERS = {
    "stored": "250 2.0.0 Stored",
    "twice": "250 2.0.0 Stored",
    "refused": "550 5.7.1 No mail is taken here",
}


def main() -> int:
    """Listen until told to end. Returns the process's exit code."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's: it may quote what came
    said = listening.listening()
    if said is None:
        return 0
    asyncio.run(_run(said))
    return 0


class Door:
    """What aiosmtpd asks while a mail comes in."""

    def __init__(self, said: Listening, workers: ThreadPoolExecutor) -> None:
        self._said, self._workers, self._pace = said, workers, pace.Pace()
        self.busy = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and signature
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Only our own addresses, whoever asks."""
        try:
            ours = await self._do(partial(listening.addresses, self._said))
        except Exception as error:  # the gate cannot be asked: whoever sends tries again
            log.warning("no mail is taken now: %s", type(error).__name__)
            return _LATER
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if plain_address(address) not in ours:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Store it, then acknowledge it."""
        count = len(envelope.rcpt_tos)
        if not self._pace.takes(envelope.mail_from or ""):
            return server.answers("451 4.7.1 Too many mails, try again later", count)
        self.busy += 1
        try:
            work = partial(
                take, envelope.content, envelope.mail_from, envelope.rcpt_tos, self._said
            )
            return server.answers(await self._do(work), count)
        finally:
            self.busy -= 1

    async def handle_exception(self, error: Exception) -> str:
        """Whatever went wrong in a conversation: its class, never what came."""
        log.warning("a conversation failed: %s", type(error).__name__)
        return _LATER

    async def _do(self, work: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)


def take(raw: bytes, mail_from: str | None, recipients: list[str], said: Listening) -> str:
    """Store one mail, in a thread of its own; the answer."""
    close_old_connections()
    try:
        ours = listening.addresses(said)
        came = Came(bytes(raw), mail_from, tuple(recipients), said, ours | storing.own_senders())
        return _ANSWERS[storing.store(came)]
    except Exception as error:  # a database that is down, a full disk: the sender tries again
        log.warning("a mail was not stored: %s", _kind(error))
        return _LATER
    finally:
        close_old_connections()


def plain_address(address: str) -> str:
    """An address without what people add behind a plus."""
    local, _at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _kind(error: Exception) -> str:
    code = getattr(getattr(error, "code", None), "id", "")
    return f"{type(error).__name__} {code}".strip()


async def _run(said: Listening) -> None:
    loop, ending, opened = asyncio.get_running_loop(), asyncio.Event(), protocol.Open()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    with ThreadPoolExecutor(_WORKERS, "letters") as workers:
        door = Door(said, workers)
        spoken = protocol.Lmtp if said.protocol == "lmtp" else protocol.Smtp
        server, where = await _listen(said, lambda: spoken(door, said, opened))
        _say(where)
        async with server:
            await ending.wait()
            server.close()
            while door.busy:
                await asyncio.sleep(0.05)


async def _listen(said: Listening, make: Any) -> tuple[asyncio.AbstractServer, str]:
    """Listen; in development, where the port is taken, at any other."""
    loop = asyncio.get_running_loop()
    if said.path:
        Path(said.path).unlink(missing_ok=True)
        before = os.umask(0o117)  # the owner and their group may deliver
        try:
            server: asyncio.AbstractServer = await loop.create_unix_server(make, said.path)
        finally:
            os.umask(before)
        return server, f"{said.protocol}://{said.path}"
    try:
        made = await loop.create_server(make, said.host, said.port)
    except OSError:
        if settings().production:
            raise
        made = await loop.create_server(make, said.host, 0)
    port = made.sockets[0].getsockname()[1]
    return made, f"{said.protocol}://{said.host}:{port}"


def _say(where: str) -> None:
    """Note where mail comes in, for the console and for people."""
    settings().data.mkdir(parents=True, exist_ok=True)
    listening.place().write_text(f"{where}\n", encoding="utf-8")
