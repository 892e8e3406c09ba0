"""One message to one recipient (RFC 5322).

Rules: one address in `To`, nothing in `Cc` or `Bcc` (the Lilly case: 669 addresses in one "To:");
nothing that ends a header line gets into a header; `Date` is cut to the minute and `Message-ID` is
made of the mail's random id and the sender's domain, so that neither the machine's name nor the
exact moment leaves; the same mail sent again has the same `Message-ID`; a mail that can be
unsubscribed from says so in the two headers of RFC 8058.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import EmailValidator

from kept._kit.errors import KeptError, code
from kept.keepers.sharing.deciding import Origin

NOT_AN_ADDRESS = code(
    "S001", "A mail's recipient is not one plain address", do="give exactly one, without a name"
)
NOT_A_HEADING = code(
    "S002", "A mail's heading cannot stand in a header", do="write one line, without line breaks"
)
NOT_A_TEXT = code(
    "S003", "A mail's text cannot be sent", do="write text without control characters"
)
LONGEST_HEADING = 200
LONGEST_TEXT = 100_000
_LINK = re.compile(r"https?://[!-;=?-~]{1,900}")
_LINE_ENDS = frozenset("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says and to whom: checked when made, so that no other kind can exist."""

    to: str
    heading: str
    text: str
    unsubscribe: str = ""
    """Address that ends mails of this kind by one POST (RFC 8058); empty for other mails."""

    def __post_init__(self) -> None:
        _check_address(self.to)
        _check_heading(self.heading)
        _check_text(self.text)
        if self.unsubscribe:
            _check_link(self.unsubscribe)

    def __repr__(self) -> str:
        return "<Letter>"


class Message(EmailMessage):
    """A message that knows whose data it holds and why; no header says so."""

    origin: Origin | None


def compose(letter: Letter, origin: Origin | None, *, mail_id: UUID, at: datetime) -> Message:
    """The message of `letter`, ready for any of Django's mail backends."""
    sender = settings.DEFAULT_FROM_EMAIL
    message = Message(
        subject=letter.heading,
        body=letter.text.replace("\r\n", "\n").replace("\r", "\n"),
        from_email=sender,
        to=[letter.to],
        headers={
            "Date": format_datetime(at.replace(second=0, microsecond=0)),
            "Message-ID": f"<{mail_id.hex}@{_domain(sender)}>",
            **_unsubscribing(letter),
        },
    )
    message.origin = origin
    return message


def _unsubscribing(letter: Letter) -> dict[str, str]:
    if not letter.unsubscribe:
        return {}
    return {
        "List-Unsubscribe": f"<{letter.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def can_reach(to: str) -> bool:
    """Whether a mail can be addressed to `to`: asked where an address is typed."""
    try:
        _check_address(to)
    except KeptError:
        return False
    return True


def _check_address(to: str) -> None:
    try:
        EmailValidator()(to)
        to.encode("ascii")
    except (ValidationError, UnicodeEncodeError):
        # The address itself stays out of the error: errors get logged.
        raise KeptError(NOT_AN_ADDRESS, "the recipient is not one plain address") from None


def _check_heading(heading: str) -> None:
    if not heading.strip() or len(heading) > LONGEST_HEADING:
        raise KeptError(NOT_A_HEADING, f"a heading has 1 to {LONGEST_HEADING} characters")
    if _LINE_ENDS & set(heading) or _has_control(heading):
        raise KeptError(NOT_A_HEADING, "the heading holds a line break or a control character")


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise KeptError(NOT_A_TEXT, f"a text has 1 to {LONGEST_TEXT} characters")
    if _has_control(text.replace("\r", "").replace("\n", "").replace("\t", "")):
        raise KeptError(NOT_A_TEXT, "the text holds a control character")


def _check_link(address: str) -> None:
    if not _LINK.fullmatch(address):
        raise KeptError(NOT_A_HEADING, "the address to unsubscribe at cannot stand in a header")


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
