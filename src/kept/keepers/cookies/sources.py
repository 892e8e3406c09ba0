"""What a page of ours asks a browser for elsewhere, read off the page itself before it leaves.

The Content-Security-Policy stops it in the browser; here the operator learns that it was there.
Rules: the page is looked at, never the visitor (a browser's own reports would tell what else is in
it); told are hosts and kinds of inline code, never an address or a text.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from django.http import HttpResponse, HttpResponseBase

_LOADING: Final = (
    b"script|img|iframe|frame|embed|object|video|audio|source|track|input|image|use|form|button"
)
_LINKED: Final = (
    b"stylesheet|icon|manifest|preload|modulepreload|prefetch|prerender|preconnect|dns-prefetch"
)
_HOST: Final = rb"""\s*=\s*["']?\s*(?:https?:|wss?:)?//([^/"'\s>?#\\]{1,120})"""
_TAG = re.compile(
    rb"<(?:" + _LOADING + rb")\b[^<>]*?\s(?:src|srcset|href|data|action|formaction|poster)" + _HOST,
    re.IGNORECASE,
)
_SLASHES = re.compile(rb"//")
_LINK = re.compile(rb"<link\b[^<>]*>", re.IGNORECASE)
_LINK_REL = re.compile(rb"""\srel\s*=\s*["']?[^"'>]*\b(?:""" + _LINKED + rb""")\b""", re.IGNORECASE)
_LINK_HREF = re.compile(rb"\shref" + _HOST, re.IGNORECASE)
_INLINE = re.compile(
    rb"<script\b(?![^<>]*\s(?:src|nonce)\s*=)"
    rb"""(?![^<>]*\stype\s*=\s*["']?(?:application/(?:ld\+)?json|text/x-|text/template))[^<>]*>""",
    re.IGNORECASE,
)


def elsewhere(response: HttpResponseBase, allowed: Collection[str], here: str) -> tuple[str, ...]:
    """Names of what the page of `response` asks for beyond this site (`here`) and `allowed`.

    A name is a host (and its port, where it is unusual), or `inline script`. Empty for what is no
    page: streams, files, data.
    """
    if not isinstance(response, HttpResponse) or response.headers.get("Content-Encoding"):
        return ()
    if not str(response.headers.get("Content-Type", "")).startswith("text/html"):
        return ()
    own = _without_usual_port(here.lower())
    named = (host for host in _hosts(response.content) if host != own and not _in(host, allowed))
    scripts = b"<script" in response.content.lower()  # most pages are spared the search
    inline = ("inline script",) if scripts and _INLINE.search(response.content) else ()
    return (*dict.fromkeys(named), *inline)


def _hosts(page: bytes) -> Iterator[str]:
    """The hosts that tags name; only those tags are looked at that have two slashes in them."""
    starts = dict.fromkeys(page.rfind(b"<", 0, one.start()) for one in _SLASHES.finditer(page))
    starts.pop(-1, None)
    for at in starts:
        found = _TAG.match(page, at)
        if found:
            yield _plain(found[1])
    for at in starts:
        link = _LINK.match(page, at)
        href = link and _LINK_HREF.search(link[0])
        if link and href and _LINK_REL.search(link[0]):
            yield _plain(href[1])


def _plain(host: bytes) -> str:
    return _without_usual_port(host.decode("ascii", "replace").rpartition("@")[2].lower())


def _without_usual_port(host: str) -> str:
    return host.removesuffix(":443").removesuffix(":80")


def _in(host: str, allowed: Collection[str]) -> bool:
    """Whether a source expression covers `host`: `*.` stands for one or more labels before it."""
    return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in allowed)
