"""Cookies: as headers and scripts set them, to the second, and as they stand in the browser.

Rules: a lifetime is what the site asked for, not what this browser made of it (Chromium cuts every
cookie at 400 days); a cookie that the browser would not keep was still set; a deletion is no
setting.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import http2time  # type: ignore[attr-defined]  # public, missing in typeshed
from urllib.parse import urlsplit

from kept.audit.browser import Visitor
from kept.audit.evidence import CookieSeen, Exchange, Seen
from kept.audit.scripts import javascript

SCRIPT = javascript("collectors/cookies.js")


def page(visitor: Visitor, seen: Seen) -> None:
    """What scripts set on this page."""
    for told in visitor.take("cookie"):
        host = urlsplit(told.frame).hostname or ""
        made = parse(told.value["text"], host, visitor.url, "script", told.value["at"] / 1000)
        if made is not None:
            seen.cookies.append(made)


def end(visitor: Visitor, seen: Seen) -> None:
    """What headers set during this state, and what stands in the browser at its end."""
    page(visitor, seen)
    seen.cookies += [one for exchange in seen.exchanges for one in from_headers(exchange)]
    now = datetime.now(UTC).timestamp()
    for one in visitor.jar():
        expires = float(one.get("expires", -1))
        seen.jar.append(
            CookieSeen(
                name=one["name"],
                value=one["value"],
                host=one["domain"].lstrip("."),
                page="",
                source="jar",
                seconds=None if expires < 0 else expires - now,
                exact=False,
                path=one["path"],
                http_only=one["httpOnly"],
                secure=one["secure"],
                same_site=one.get("sameSite", ""),
            )
        )


def from_headers(exchange: Exchange) -> Iterator[CookieSeen]:
    """The cookies that this answer sets."""
    sent = http2time(exchange.answer("date"))
    here = exchange.at.timestamp() if exchange.at else datetime.now(UTC).timestamp()
    for name, value in exchange.received:
        if name == "set-cookie":
            at = sent if sent is not None else here
            made = parse(value, exchange.host, exchange.page, "header", at)
            if made is not None:
                yield made


def parse(text: str, host: str, page: str, source: str, at: float) -> CookieSeen | None:
    """One `Set-Cookie` as a browser reads it (RFC 6265, 5.2); None for a deletion or nonsense.

    `at` is the moment of setting in seconds since 1970, by the clock of whoever set it.
    """
    first, *rest = text.split(";")
    name, equals, value = first.partition("=")
    if not equals:
        name, value = "", first
    attributes = {
        key.strip().lower(): word.strip() for key, _, word in (one.partition("=") for one in rest)
    }
    seconds, exact = _seconds(attributes, at)
    if (seconds is not None and seconds <= 0) or not (name.strip() or value.strip()):
        return None
    return CookieSeen(
        name=name.strip(),
        value=value.strip(),
        host=attributes.get("domain", "").lstrip(".") or host,
        page=page,
        source="script" if source == "script" else "header",
        seconds=seconds,
        exact=exact,
        path=attributes.get("path", "/") or "/",
        http_only="httponly" in attributes,
        secure="secure" in attributes,
        same_site=attributes.get("samesite", ""),
    )


def _seconds(attributes: dict[str, str], at: float) -> tuple[float | None, bool]:
    age = attributes.get("max-age", "")
    if age.removeprefix("-").isdigit():
        return float(age), True
    expires = http2time(attributes["expires"]) if attributes.get("expires") else None
    return (None, True) if expires is None else (expires - at, False)
