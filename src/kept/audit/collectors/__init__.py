"""Collectors: each sees one kind of fact and writes it down. None of them judges.

One lifecycle for all: `script` runs in every frame before the page's own; `page` is called when a
page has come to rest; `end` when a state of choice ends. The wire comes first: what the others
read from headers stands there.
"""

from collections.abc import Sequence
from typing import Protocol

from kept.audit.browser import Visitor
from kept.audit.collectors import beacons, cookies, forms, links, pages, scripts, storage, wire
from kept.audit.evidence import Seen

__all__ = ["COLLECTORS", "SCRIPTS", "Collector", "end", "page"]


class Collector(Protocol):
    """What each module of this folder is."""

    SCRIPT: str

    def page(self, visitor: Visitor, seen: Seen) -> None:
        """Look at the page that stands in the window."""

    def end(self, visitor: Visitor, seen: Seen) -> None:
        """Look at what is left when the state ends and the window is empty."""


COLLECTORS: Sequence[Collector] = (wire, pages, cookies, storage, beacons, forms, links, scripts)
_LEAVING: Sequence[Collector] = (wire, cookies, beacons)
SCRIPTS: Sequence[str] = tuple(one.SCRIPT for one in COLLECTORS if one.SCRIPT)


def page(visitor: Visitor, seen: Seen) -> None:
    """Have every collector look at the open page, then those that see what leaving it sends."""
    for one in COLLECTORS:
        one.page(visitor, seen)
    visitor.turn_away()
    for one in _LEAVING:
        one.page(visitor, seen)


def end(visitor: Visitor, seen: Seen) -> None:
    """Leave the page and have every collector finish."""
    visitor.leave()
    for one in COLLECTORS:
        one.end(visitor, seen)
