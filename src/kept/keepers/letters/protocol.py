"""SMTP (RFC 5321) and LMTP (RFC 2033) as they are spoken here: aiosmtpd, with bounds it lacks.

Rules: what one connection can make this process hold is bounded, also by a line that never ends;
so is how many there are; LMTP answers for each recipient; who is not admitted is told so at once;
the server names nothing about itself; `VRFY` and `EXPN` tell nothing.
"""

import asyncio
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from kept.keepers.letters.listening import Listening

MOST_CONNECTIONS = 16
SECONDS = 60.0
"""Of silence, before a connection is closed."""
_LINE = 64 * 1024
_NAME = "Kept"


class Open:
    """How many connections there are."""

    def __init__(self) -> None:
        self.count = 0


class _Bounded(SMTP):
    """A connection that is cut when more comes than a mail may have."""

    line_length_limit = _LINE

    def __init__(self, handler: Any, said: Listening, opened: Open) -> None:
        super().__init__(
            handler,
            data_size_limit=said.size,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident=_NAME,
            timeout=SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._said, self._opened = said, opened
        self._refused, self._taken = False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse whoever is not admitted, and more than can be served."""
        peer = transport.get_extra_info("peername")
        self._opened.count += 1
        here = not isinstance(peer, tuple)  # a socket of this machine: who may open it may deliver
        if not here and not self._said.admits(str(peer[0])):
            self._refuse(transport, b"554 5.7.1 Not admitted\r\n")
        elif self._opened.count > MOST_CONNECTIONS:
            self._refuse(transport, b"421 4.3.2 Too busy, try again later\r\n")
        else:
            super().connection_made(transport)

    def _refuse(self, transport: Any, answer: bytes) -> None:
        self._refused = True
        transport.write(answer)
        transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Count it out."""
        self._opened.count -= 1
        if not self._refused:
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Nothing more comes."""
        return None if self._refused else super().eof_received()

    def data_received(self, data: bytes) -> None:
        """Cut the connection where a line, or a mail, does not end."""
        if self._refused:
            return
        self._taken += len(data)
        if self._taken > 2 * self._said.size + _LINE:
            assert self.transport is not None  # noqa: S101 - a connection that gives data has one
            self.transport.abort()  # type: ignore[attr-defined] # a base class in the types
            return
        super().data_received(data)

    def _set_post_data_state(self) -> None:
        """A new mail may begin: it is counted from nothing."""
        self._taken = 0
        super()._set_post_data_state()

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Whether there is such a person is told to nobody."""
        await self.push("252 2.1.5 Send some mail, it is delivered or it comes back")


class Smtp(_Bounded):
    """SMTP."""

    def answers(self, reply: str, recipients: int) -> str:
        """One answer for the whole mail."""
        return reply


class Lmtp(_Bounded, LMTP):
    """LMTP."""

    def answers(self, reply: str, recipients: int) -> str:
        """One answer for each recipient (RFC 2033, 4.2)."""
        return "\r\n".join([reply] * recipients)
