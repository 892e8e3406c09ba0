"""What kind of failure an exception of a mail backend is, without its text.

Rules: 5xx answers about this mail are final (RFC 5321, 4.2.1), everything else may pass: a server
that is down or busy, a wrong password in the settings, our own mistakes. The kind is a class name
and a reply code; the text of the exception may hold the address and is dropped.
"""

import smtplib
from dataclasses import dataclass

_FINAL = range(500, 600)


@dataclass(frozen=True, slots=True)
class Failure:
    """Its kind, e.g. `SMTPDataError 554`, and whether trying again is pointless."""

    kind: str
    final: bool = False


NOT_TAKEN = Failure("not taken")
"""The backend raised nothing and sent nothing."""


def of(error: Exception) -> Failure:
    """The failure that `error` stands for."""
    name, code = type(error).__name__, _reply(error)
    kind = f"{name} {code}" if code else name
    is_about_us = isinstance(error, smtplib.SMTPAuthenticationError)
    return Failure(kind[:80], final=code in _FINAL and not is_about_us)


def _reply(error: Exception) -> int:
    """The server's reply code, 0 where there was none."""
    if isinstance(error, smtplib.SMTPResponseException):
        return int(error.smtp_code)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One recipient per message, so there is one answer.
        return next((int(code) for code, _ in error.recipients.values()), 0)
    return 0
