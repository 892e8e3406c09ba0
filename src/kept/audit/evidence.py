"""What was seen: plain values that collectors write, inspectors read and reporters print.

Rules: evidence holds facts and no judgement; nothing here knows the policy or the browser. Times
are aware and in UTC, lengths of time are seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

State = Literal[
    "before choice",
    "another browser",
    "accepted",
    "refused",
    "withdrawn",
    "do-not-track",
    "global-privacy-control",
    "data cleared",
]
Reached = Literal["yes", "not needed", "not reachable", "cut short"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on the wire, each hop of a redirect chain for itself, and its answer."""

    url: str
    method: str
    kind: str
    """The browser's word for it: `document`, `image`, `ping`, `fetch`, `websocket`, …"""
    page: str
    """The page that was open."""
    sent: tuple[tuple[str, str], ...] = ()
    """Header fields as sent, names in lower case."""
    status: int | None = None
    """None where no answer came."""
    received: tuple[tuple[str, str], ...] = ()
    """Header fields of the answer, names in lower case, one entry for each `Set-Cookie`."""
    came_from: str = ""
    """The address that redirected here."""
    digest: str = ""
    """SHA-256 of the body in hex, where the answer has an ETag."""
    at: datetime | None = None

    @property
    def host(self) -> str:
        """The host asked, without port."""
        return urlsplit(self.url).hostname or ""

    def answer(self, name: str) -> str:
        """The first header field of that name in the answer, or an empty text."""
        return next((value for key, value in self.received if key == name), "")

    def asked(self, name: str) -> str:
        """The first header field of that name in the request, or an empty text."""
        return next((value for key, value in self.sent if key == name), "")


@dataclass(frozen=True, slots=True)
class CookieSeen:
    """One cookie: set by a header, by a script, or found in the browser's jar."""

    name: str
    value: str
    host: str
    """The host that set it, or the domain it stands under."""
    page: str
    source: Literal["header", "script", "jar"]
    seconds: float | None = None
    """From the moment of setting, for `jar` what is left; None: until the browser closes."""
    exact: bool = True
    """Whether `seconds` is the promise itself (Max-Age) and no difference of two clocks."""
    path: str = "/"
    http_only: bool = False
    secure: bool = False
    same_site: str = ""


@dataclass(frozen=True, slots=True)
class StoredSeen:
    """One item that a page keeps in the browser beside cookies."""

    where: Literal["local storage", "session storage", "IndexedDB", "cache storage"]
    origin: str
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class BeaconSeen:
    """One message that a page sends behind the visitor's back or as they leave."""

    url: str
    page: str
    how: Literal["sendBeacon", "fetch keepalive", "ping attribute"]


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One field of a form as it stands in the page."""

    name: str
    kind: str
    label: str
    value: str = ""
    """Of hidden fields only: nobody types into those."""
    written: bool = True
    """Whether the value is the one that the page was written with (no script changed it)."""
    visible: bool = True
    reachable: bool = True
    """Whether a person can come to it, by sight, keyboard, screen reader or autofill."""
    ticked: bool = False
    """A box that stands ticked before anybody touched it."""


@dataclass(frozen=True, slots=True)
class FormSeen:
    """One form, with every field that it would send."""

    page: str
    action: str
    method: str
    name: str
    fields: tuple[FieldSeen, ...]
    search: bool = False


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """One link of a page."""

    href: str
    text: str
    page: str


@dataclass(frozen=True, slots=True)
class ScriptsSeen:
    """How one page uses scripts and opens connections ahead of need."""

    page: str
    sources: tuple[str, ...]
    inline: int
    handlers: int
    """Attributes such as `onclick`."""
    hints: tuple[str, ...]
    """Addresses in `<link rel="preconnect">` and its like."""
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageSeen:
    """One page that was opened."""

    url: str
    title: str
    status: int
    text: str
    """What a person reads, cut."""
    dates: tuple[str, ...] = ()
    """The `datetime` of its `<time>` elements."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the window: JPEG bytes."""

    caption: str
    jpeg: bytes


@dataclass
class Seen:
    """Everything seen in one state of choice."""

    state: State
    reached: Reached = "yes"
    why: str = ""
    """In words, where it was not reached, or how it was."""
    pages: list[PageSeen] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    cookies: list[CookieSeen] = field(default_factory=list)
    """Set during this state."""
    jar: list[CookieSeen] = field(default_factory=list)
    """Standing in the browser at its end."""
    at_choice: list[CookieSeen] = field(default_factory=list)
    """Set by the click that made the choice."""
    stored: list[StoredSeen] = field(default_factory=list)
    beacons: list[BeaconSeen] = field(default_factory=list)
    forms: list[FormSeen] = field(default_factory=list)
    links: list[LinkSeen] = field(default_factory=list)
    scripts: list[ScriptsSeen] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)


@dataclass
class Evidence:
    """The whole of one audit, before anybody judges it."""

    asked: str
    """The address as given."""
    landed: str = ""
    """Where it led."""
    browser: str = ""
    began: datetime | None = None
    ended: datetime | None = None
    banner: bool = False
    """Whether a control to accept or refuse was found."""
    states: dict[State, Seen] = field(default_factory=dict)
    policy_page: PageSeen | None = None
    gpc: str | None = None
    """The text of `/.well-known/gpc.json`, where there is one."""

    @property
    def host(self) -> str:
        """The site's host, without port and without a leading `www.`."""
        return (urlsplit(self.landed or self.asked).hostname or "").removeprefix("www.")

    def own(self, host: str) -> bool:
        """Whether `host` is the site itself or a part of it."""
        plain = host.lstrip(".")
        return plain.removeprefix("www.") == self.host or plain.endswith(f".{self.host}")

    def each(self) -> Iterator[Seen]:
        """The states that were looked at, in order."""
        return (one for one in self.states.values() if one.reached in ("yes", "cut short"))
