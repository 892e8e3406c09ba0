"""The headers that hold a browser to the policy: whom it does not name, the browser cannot contact.

Rules: nothing is loaded from, sent to, framed by or framed into another host, but:
- a recipient's hosts may be asked for data and images where its clause lets it receive
  `device.ip`, because every request gives that, and from no collection point in particular, because
  a browser's request is of a visit; never for scripts, which would read the whole page;
- an embed's hosts may be framed and give images and media where its clause loads `at once`; one
  that loads `on choice` is opened by whoever keeps that choice.
No inline script or style; a page's address is not told to other sites. A header that a view set
is kept, and one about sources is bounded by these same hosts (two policies are both enforced: CSP
Level 3, 8.1); what has browsers report to others is taken out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.http.response import ResponseHeaders

from kept.policy import Policy, is_a

CSP: Final = "Content-Security-Policy"
REPORTING: Final = (
    "Content-Security-Policy-Report-Only",
    "NEL",
    "Report-To",
    "Reporting-Endpoints",
)
"""Headers that only have browsers tell somebody something."""
_REPORTS = re.compile(r"\s*report-(?:uri|to)\b[^;,]*;?", re.IGNORECASE)
_ADDRESS = "device.ip"
_PRIVATE_REFERRERS = frozenset({"no-referrer", "same-origin"})

FIXED: Mapping[str, str] = MappingProxyType(
    {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": (
            "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
            "gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), "
            "usb=()"
        ),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Hosts besides this site that a browser may contact, as CSP source expressions."""

    asked: tuple[str, ...] = ()
    """For data and images: recipients."""
    framed: tuple[str, ...] = ()
    """For frames, images and media: embeds."""

    @property
    def hosts(self) -> frozenset[str]:
        """All of them, without scheme; `*.` covers every name below."""
        return frozenset(one.removeprefix("https://") for one in (*self.asked, *self.framed))


def sources(declared: Policy | None) -> Sources:
    """The hosts that the policy lets a browser contact by itself; none where there is no policy."""
    if declared is None:
        return Sources()
    asked = (
        host
        for one in declared.recipients.values()
        if one.occasion == "ordinary" and not (one.condition or one.region or one.sector)
        if not one.collections and any(is_a(_ADDRESS, category) for category in one.receives)
        for host in one.hosts
    )
    framed = (
        host for one in declared.embeds.values() if one.loads == "at once" for host in one.hosts
    )
    return Sources(_secure(asked), _secure(framed))


def content_policy(allowed: Sources) -> str:
    """The Content-Security-Policy of a page that says nothing itself."""
    images = " ".join(("'self'", "data:", *dict.fromkeys((*allowed.asked, *allowed.framed))))
    asked = " ".join(("'self'", *allowed.asked))
    parts = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src {images}",
        "font-src 'self'",
        f"connect-src {asked}",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    if allowed.framed:
        parts += [f"frame-src {' '.join(allowed.framed)}", f"media-src {' '.join(allowed.framed)}"]
    return "; ".join(parts)


def bound(allowed: Sources) -> str:
    """A policy that limits nothing but whom the browser contacts: stands beside a view's own."""
    hosts = dict.fromkeys((*allowed.asked, *allowed.framed))
    every = " ".join(("'self'", "data:", "blob:", *hosts))
    return "; ".join(
        (
            f"default-src {every} 'unsafe-inline' 'unsafe-eval'",
            "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",
            "form-action 'self'",
            "base-uri 'self'",
        )
    )


def put(headers: ResponseHeaders | dict[str, str], declared: Policy | None) -> tuple[str, ...]:
    """Put every header in place; the names of those that were taken out."""
    made = _made(declared)
    out = tuple(name for name in REPORTING if headers.pop(name, None) is not None)
    own = _REPORTS.sub("", headers.get(CSP, "")).strip(" ;,")
    headers[CSP] = f"{own}, {made.bound}" if own else made.whole
    for name, value in FIXED.items():
        headers.setdefault(name, value)
    if headers["Referrer-Policy"] not in _PRIVATE_REFERRERS:
        headers["Referrer-Policy"] = FIXED["Referrer-Policy"]
    return out


def sources_of(declared: Policy | None) -> Sources:
    """`sources`, of the policy in force without looking through it again."""
    return _made(declared).allowed


@dataclass(frozen=True, slots=True)
class _Made:
    declared: Policy | None
    allowed: Sources
    whole: str
    bound: str


_made_last: _Made | None = None


def _made(declared: Policy | None) -> _Made:
    """Of the policy asked for last, which is the one in force; hashing a policy takes longer."""
    global _made_last  # noqa: PLW0603 - one policy per process is the point
    found = _made_last
    if found is None or found.declared is not declared:
        allowed = sources(declared)
        found = _made_last = _Made(declared, allowed, content_policy(allowed), bound(allowed))
    return found


def _secure(hosts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"https://{host}" for host in hosts))
