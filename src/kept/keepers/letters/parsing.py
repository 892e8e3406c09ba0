"""From the bytes of a mail to what is kept of it. Pure; never raises.

Rules: whatever comes gives a `Letter` or, where nobody can make sense of it, an `Unreadable` with
the bytes; transport headers (`Received`, `Date`, ids, whatever a server added) are dropped before
anything else, in quoted mails too; nothing is unpacked; characters that no text should hold are
replaced; sizes and depths are bounded, and what is longer is kept as an enclosure.
"""

import email.policy
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any, Literal

from kept.keepers.letters import html

Kind = Literal["letter", "bounce", "automatic"]
LONGEST_HEAD = 256 * 1024
LONGEST_TEXT = 90_000
"""Characters of a text that stand in the letter itself."""
LONGEST_HEADING = 200
MOST_PARTS = 200
MOST_DELIMITERS = 10_000
"""Lines that may begin a part: each part that is looked at costs memory."""
DEEPEST = 20
_KEPT = frozenset(
    {
        "from", "sender", "reply-to", "to", "cc", "subject", "mime-version", "content-type",
        "content-transfer-encoding", "content-disposition", "content-id",
    }
)  # fmt: skip
"""Headers that say who wrote to whom about what, and how to read it. No other is kept."""
_HEADER = re.compile(rb"[!-9;-~]+:")
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_DAEMONS = ("mailer-daemon@", "postmaster@")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_MACHINES = ("list-id", "list-post", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-loop")
_FINAL = re.compile(rb"^(?:final|original)-recipient:\s*rfc822;\s*<?([^\s<>]+)>?\s*$", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A part that is kept as a file."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is kept of a mail."""

    kind: Kind
    sender: str
    """One plain address, or empty where there is not exactly one."""
    name: str
    heading: str
    text: str = field(repr=False)
    enclosures: tuple[Enclosure, ...]
    about: str = ""
    """Of a bounce: the address that was not reached."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail of which nobody can make sense; `raw` is without its transport headers."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The headers as they came, for deciding; they are not kept."""

    fields: tuple[tuple[str, str], ...] = field(repr=False)

    def all(self, name: str) -> list[str]:
        """Every value of a header, the topmost first."""
        return [value for key, value in self.fields if key == name]

    def one(self, name: str) -> str:
        """The value of a header that stands exactly once, else empty."""
        found = self.all(name)
        return found[0].strip() if len(found) == 1 else ""


def parse(raw: bytes, mail_from: str | None, ours: frozenset[str]) -> Letter | Unreadable:
    """Make a letter of `raw`. `mail_from`: the envelope's sender; `ours`: our own addresses."""
    kept = without_transport(raw)
    try:
        return _parse(kept, head(raw), mail_from, ours)
    except Exception:  # whatever a mail does to the parser, it is kept
        return Unreadable(kept)


def head(raw: bytes) -> Head:
    """The headers of a mail, names in small letters."""
    fields = []
    for one in _split(raw)[0]:
        name, _colon, value = one.partition(b":")
        folded = re.sub(rb"\r?\n[ \t]+", b" ", value).strip()
        fields.append((name.decode("ascii", "replace").lower(), folded.decode("utf-8", "replace")))
    return Head(tuple(fields))


def without_transport(raw: bytes) -> bytes:
    """The mail with those headers only that say who wrote what to whom."""
    fields, body = _split(raw)
    if not fields:
        return raw
    kept = [one for one in fields if one.partition(b":")[0].lower().decode() in _KEPT]
    return b"".join(kept) + b"\r\n" + body


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    """The header fields, each with its continuation lines, and what follows them.

    The head ends with an empty line, or before the first line that is no part of a field.
    """
    lines: list[list[bytes]] = []
    at, body = 0, b""
    while at < len(raw):
        end = raw.find(b"\n", at) + 1 or len(raw)
        line = raw[at:end]
        if not line.strip(b"\r\n"):
            body = raw[end:]
            break
        if line[:1] in b" \t" and lines:
            lines[-1].append(line)
        elif _HEADER.match(line):
            lines.append([line])
        else:
            body = raw[at:]
            break
        at = end
    fields = [b"".join(one) for one in lines]
    if fields and not fields[-1].endswith(b"\n"):
        fields[-1] += b"\r\n"
    return fields, body


def _parse(
    kept: bytes, head: Head, mail_from: str | None, ours: frozenset[str]
) -> Letter | Unreadable:
    size = sum(map(len, _split(kept)[0]))
    if not size or size > LONGEST_HEAD or kept.count(b"boundary=") > MOST_PARTS:
        return Unreadable(kept)
    many = head.one("content-type").lower().startswith("multipart")
    if many and kept.count(b"\n--") > MOST_DELIMITERS:
        return Unreadable(kept)
    message = BytesParser(policy=email.policy.compat32).parsebytes(kept)
    parts = list(_leaves(message, 0))
    if len(parts) > MOST_PARTS:
        return Unreadable(kept)
    text, enclosures = _content(parts)
    name, sender = _sender(head)
    kind = _kind(message, head, sender, mail_from, ours)
    return Letter(
        kind, sender, name, heading(head), text, tuple(enclosures),
        _failed(kept) if kind == "bounce" else "",
    )  # fmt: skip


def _leaves(part: Message, depth: int) -> Iterator[Message]:
    """The parts that hold something. Raises `ValueError` past the depth that anybody writes."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    inner: Any = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(inner, list):
        for one in inner:
            yield from _leaves(one, depth + 1)
    else:
        yield part


def _content(parts: list[Message]) -> tuple[str, list[Enclosure]]:
    """The text, and everything else as enclosures."""
    texts: list[str] = []
    pages: list[Message] = []
    enclosures: list[Enclosure] = []
    for part in parts:
        kind, named = part.get_content_type(), part.get_filename()
        if kind == "text/plain" and not named and _is_inline(part):
            texts.append(_text(part))
        elif kind == "text/html" and not named and _is_inline(part):
            pages.append(part)
        else:
            enclosures.append(_enclosure(part, len(enclosures)))
    text = "\n".join(one for one in texts if one.strip()).replace("\r\n", "\n")
    if not text.strip() and pages:
        text = "\n".join(html.text_of(_text(one)) for one in pages)
        enclosures += [_enclosure(one, len(enclosures) + at) for at, one in enumerate(pages)]
    if len(text) > LONGEST_TEXT:
        whole = Enclosure("whole text.txt", "text/plain", text.encode("utf-8", "replace"))
        enclosures, text = [*enclosures, whole], text[:LONGEST_TEXT]
    return printable(text), enclosures


def _is_inline(part: Message) -> bool:
    return (part.get_content_disposition() or "inline") == "inline"


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    charset = str(part.get_param("charset") or "utf-8")
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return raw.decode("utf-8", "replace")


def _enclosure(part: Message, at: int) -> Enclosure:
    kind = part.get_content_type()
    if part.get_content_maintype() == "message":
        inner: Any = part.get_payload()
        whole = b"\r\n".join(one.as_bytes() for one in inner) if isinstance(inner, list) else b""
        content = without_transport(whole) if kind == "message/rfc822" else whole
        content = content or str(inner).encode("utf-8", "replace")
    else:
        data = part.get_payload(decode=True)
        content = data if isinstance(data, bytes) else b""
    return Enclosure(file_name(part.get_filename(), at), _media_type(kind), content)


def file_name(given: object, at: int) -> str:
    """A name that is only a name: no folders, no controls, not hidden, not long."""
    plain = printable(decoded(str(given or ""))).replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r'[\s"<>|:*?;]+', " ", plain).strip(" .")
    return plain[:120] or f"enclosure {at + 1}"


def _media_type(kind: str) -> str:
    return (
        kind
        if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}", kind)
        else "application/octet-stream"
    )


def _sender(head: Head) -> tuple[str, str]:
    """The name and the one plain address of whoever wrote it; empty where it is not one."""
    found = [pair for pair in getaddresses([head.one("from")]) if pair[1]]
    if len(found) != 1:
        return "", ""
    name, address = found[0]
    plain = address.strip().lower()
    if not re.fullmatch(r"[!-?A-~]{1,64}@[a-z0-9.-]{1,255}", plain) or plain.count("@") != 1:
        return "", ""
    return one_line(printable(decoded(name)))[:150], plain


def heading(head: Head) -> str:
    """The subject heading as a person reads it."""
    return one_line(printable(decoded(head.one("subject"))))[:LONGEST_HEADING]


def decoded(text: str) -> str:
    """Encoded words (RFC 2047) as text; as they stand where they are malformed."""
    try:
        return str(make_header(decode_header(text)))
    except Exception:  # the decoder raises many kinds of errors on malformed words
        return text


def printable(text: str) -> str:
    """The text without characters that a text should not hold: NUL, controls, lone surrogates."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_UNREADABLE if _is_control(one) else one for one in plain)


def _is_control(one: str) -> bool:
    return one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cs")


def one_line(text: str) -> str:
    """The text with its white space folded."""
    return " ".join(text.split())


def _kind(
    message: Message, head: Head, sender: str, mail_from: str | None, ours: frozenset[str]
) -> Kind:
    """Whether a person wrote it, as far as the mail tells (RFC 3464, RFC 3834, RFC 2919)."""
    report = message.get_content_type() == "multipart/report"
    if mail_from in ("", "<>") or report or sender.startswith(_DAEMONS):
        return "bounce"
    auto = head.all("auto-submitted")
    precedence = {one.strip().lower() for one in head.all("precedence")}
    if (
        any(one.partition(";")[0].strip().lower() != "no" for one in auto)
        or precedence & _BULK
        or any(head.all(name) for name in _MACHINES)
        or (sender and sender in ours)
    ):
        return "automatic"
    return "letter"


def _failed(kept: bytes) -> str:
    """The address that a delivery report (RFC 3464) is about."""
    found = _FINAL.search(kept)
    return found[1].decode("ascii", "replace").lower() if found else ""
