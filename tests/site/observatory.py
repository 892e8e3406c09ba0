"""Mozilla's HTTP Observatory as a function of one answer: its tests and modifiers, as published.

Source: developer.mozilla.org/en-US/observatory/docs/tests_and_scoring (2024). Bonuses count from a
score of 90 on; 100 and more is A+.
"""

import re
from collections.abc import Iterator, Mapping
from http.cookies import Morsel, SimpleCookie

Modifier = tuple[str, int]
SIX_MONTHS = 15_768_000


def score(
    headers: Mapping[str, str], cookies: "SimpleCookie", body: bytes = b""
) -> tuple[int, list[str]]:
    """The score, and what took points away."""
    found = [*_found({name.lower(): value for name, value in headers.items()}, cookies, body)]
    base = 100 + sum(points for _, points in found if points < 0)
    bonus = sum(points for _, points in found if points > 0)
    return base + (bonus if base >= 90 else 0), [name for name, points in found if points < 0]


def _found(headers: Mapping[str, str], cookies: "SimpleCookie", body: bytes) -> Iterator[Modifier]:
    csp = _directives(headers.get("content-security-policy", ""))
    yield _csp(csp)
    for morsel in cookies.values():
        yield _cookie(morsel)
    yield _hsts(headers.get("strict-transport-security", ""))
    yield _framing(headers, csp)
    yield _referrer(headers.get("referrer-policy", ""))
    yield _resource(headers.get("cross-origin-resource-policy", ""))
    if headers.get("x-content-type-options", "").lower() != "nosniff":
        yield "x-content-type-options-not-implemented", -5
    if headers.get("access-control-allow-origin") == "*":
        yield "cross-origin-resource-sharing-implemented-with-universal-access", -50
    for source in re.findall(rb'<script[^>]*\ssrc="([^"]+)"', body):
        if not source.startswith(b"/") or source.startswith(b"//"):
            yield "sri-not-implemented-and-external-scripts", -5


def _directives(text: str) -> dict[str, list[str]]:
    parts = [one.split() for one in text.partition(",")[0].split(";") if one.strip()]
    return {one[0].lower(): one[1:] for one in parts}


def _csp(csp: dict[str, list[str]]) -> Modifier:
    if not csp:
        return "csp-not-implemented", -25
    scripts = csp.get("script-src", csp.get("default-src", ["*"]))
    styles = csp.get("style-src", csp.get("default-src", ["*"]))
    if {"'unsafe-inline'", "data:", "*", "https:", "http:"} & set(scripts):
        return "csp-implemented-with-unsafe-inline", -20
    if "'unsafe-eval'" in scripts:
        return "csp-implemented-with-unsafe-eval", -10
    if any(word.startswith("http:") for words in csp.values() for word in words):
        return "csp-implemented-with-insecure-scheme", -20
    if "'unsafe-inline'" in styles:
        return "csp-implemented-with-unsafe-inline-in-style-src-only", 0
    none = csp.get("default-src") == ["'none'"]
    return "csp-implemented-with-no-unsafe", 10 if none else 5


def _cookie(morsel: "Morsel[str]") -> Modifier:
    if not morsel["secure"]:
        return f"cookies-without-secure-flag {morsel.key}", -20
    if not morsel["httponly"]:
        return f"cookies-session-without-httponly-flag {morsel.key}", -30
    if morsel["samesite"] not in ("Lax", "Strict"):
        return f"cookies-samesite-flag-invalid {morsel.key}", -20
    return "cookies-secure-with-httponly-sessions-and-samesite", 5


def _hsts(value: str) -> Modifier:
    age = re.search(r"max-age=(\d+)", value)
    if age is None:
        return "hsts-not-implemented", -20
    if int(age[1]) < SIX_MONTHS:
        return "hsts-implemented-max-age-less-than-six-months", -10
    return "hsts-implemented-max-age-at-least-six-months", 0


def _framing(headers: Mapping[str, str], csp: dict[str, list[str]]) -> Modifier:
    if csp.get("frame-ancestors") in (["'none'"], ["'self'"]):
        return "x-frame-options-implemented-via-csp", 5
    if headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN"):
        return "x-frame-options-sameorigin-or-deny", 0
    return "x-frame-options-not-implemented", -20


def _referrer(value: str) -> Modifier:
    if value in ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"):
        return "referrer-policy-private", 5
    return ("referrer-policy-unsafe", -5) if value else ("referrer-policy-not-implemented", 0)


def _resource(value: str) -> Modifier:
    if value in ("same-origin", "same-site"):
        return "cross-origin-resource-policy-implemented-with-same-origin", 10
    if value == "cross-origin":
        return "cross-origin-resource-policy-implemented-with-cross-origin", -5
    return "cross-origin-resource-policy-not-implemented", 0
