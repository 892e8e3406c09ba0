"""Removing what a browser still has of a cookie that was refused or taken back.

Rules (UI-06; Condé Nast): a browser says a cookie's name, not where it stands, and removes it only
from the place that is named; so each place is named that this host could have set it in: for itself
and for the domains above it, for the whole site and for the folders of the page. What stands for
the whole site goes first; one response carries `MOST` removals, the next one the others. Host and
path are the visitor's words: what is no host name is passed over, and a path is quoted.
"""

import re
from collections.abc import Iterable, Iterator
from http.cookies import Morsel, SimpleCookie
from itertools import chain, islice
from typing import Final
from urllib.parse import quote

MOST: Final = 30
"""Removals in one response: a proxy takes few kilobytes of headers."""
_FOLDERS = 3
_ABOVE = 3
_SHORTEST = 2
"""Labels of a domain that a browser takes cookies for."""
_HOST_NAME = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*)\.?(?::\d+)?")
"""A name with its port; an address of numbers is none."""
_AS_IT_IS = "!$&'()*+,=:@"


def remove(cookies: SimpleCookie, names: Iterable[str], host: str, path: str) -> None:
    """Add the removal of `names` to `cookies`; a cookie that is being set stays."""
    wanted = [name for name in names if name not in cookies]
    whole = ((name, "", "/") for name in wanted)
    others = ((name, *place) for name in wanted for place in _other_places(host, path))
    for name, domain, folder in islice(chain(whole, others), MOST):
        key = name if (domain, folder) == ("", "/") else f"{name} {domain}{folder}"
        # A cookie is filed under its name, and here one name stands in several places.
        dict.__setitem__(cookies, key, _removal(name, domain, folder))


def _removal(name: str, domain: str, folder: str) -> "Morsel[str]":
    made = SimpleCookie({name: ""})[name]
    made["max-age"], made["expires"] = 0, "Thu, 01 Jan 1970 00:00:00 GMT"
    made["domain"], made["path"], made["samesite"] = domain, folder, "Lax"
    return made


def _other_places(host: str, path: str) -> Iterator[tuple[str, str]]:
    """(domain, folder) of everything but this host's whole site."""
    for domain in _domains(host):
        yield domain, "/"
    parts = [quote(part, safe=_AS_IT_IS) for part in path.split("/") if part][:_FOLDERS]
    for depth in range(1, len(parts) + 1):
        folder = "/" + "/".join(parts[:depth])
        yield "", folder
        yield "", f"{folder}/"


def _domains(host: str) -> Iterator[str]:
    name = _HOST_NAME.fullmatch(host.lower())
    labels = name[1].split(".") if name else []
    for first in range(min(len(labels) - _SHORTEST, _ABOVE) + 1):
        yield ".".join(labels[first:])
