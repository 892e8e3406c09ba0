"""Which pages are opened: links of the site itself, GET only, bounded, those that matter first.

Rules: the same origin only; nothing whose address or text says that it acts (log out, delete,
unsubscribe); no files; of one path at most two different queries; no form is ever sent.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from kept.audit import collectors
from kept.audit.browser import Visitor
from kept.audit.evidence import LinkSeen, Seen
from kept.audit.journeys import words
from kept.audit.limits import Deadline

_FILE = re.compile(r"\.(?!html?$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$", re.IGNORECASE)
_QUERIES = 2


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True)
class Frontier:
    """What is still to be opened."""

    start: str
    _known: set[str] = field(default_factory=set)
    _paths: "Counter[str]" = field(default_factory=Counter)
    _waiting: list[tuple[bool, str]] = field(default_factory=list)

    def add(self, links: Iterable[LinkSeen]) -> None:
        """Remember the links that may be followed."""
        for one in links:
            url = urldefrag(one.href).url
            if url not in self._known and self._may(url, one.text):
                self._known.add(url)
                self._paths[urlsplit(url).path] += 1
                what = f"{one.text} {_spoken(url)}"
                self._waiting.append((not words.has("first", what), url))

    def next(self) -> str | None:
        """The next page to open: those that matter first, then as they were found."""
        if not self._waiting:
            return None
        best = min(range(len(self._waiting)), key=lambda at: (self._waiting[at][0], at))
        return self._waiting.pop(best)[1]

    def _may(self, url: str, text: str) -> bool:
        path = urlsplit(url).path
        return (
            origin(url) == origin(self.start)
            and url != self.start
            and not _FILE.search(path)
            and not words.has("acts", f"{text} {_spoken(url)}")
            and self._paths[path] < _QUERIES
        )


def explore(visitor: Visitor, start: str, seen: Seen, most: int, deadline: Deadline) -> list[str]:
    """Open pages from links, the start page already seen; the addresses opened, `start` first."""
    frontier, opened = Frontier(start), [start]
    frontier.add(seen.links)
    while len(opened) < most and (url := frontier.next()) is not None:
        if _out_of_time(seen, deadline):
            break
        if look(visitor, url, start, seen):
            opened.append(url)
            frontier.add(seen.links)
    return opened


def visit(
    visitor: Visitor, urls: Iterable[str], start: str, seen: Seen, deadline: Deadline
) -> None:
    """Open each of `urls`."""
    for url in urls:
        if _out_of_time(seen, deadline):
            break
        look(visitor, url, start, seen)


def look(visitor: Visitor, url: str, start: str, seen: Seen) -> bool:
    """Open `url` and have the collectors look; whether it was a page of the site."""
    came = visitor.go(url) is not None
    if came and origin(visitor.url) == origin(start):
        collectors.page(visitor, seen)
        return True
    collectors.wire.page(visitor, seen)  # what was asked on the way is seen all the same
    return False


def _out_of_time(seen: Seen, deadline: Deadline) -> bool:
    if deadline.over:
        seen.reached, seen.why = "cut short", "the time was up before every page was opened"
    return deadline.over


def _spoken(url: str) -> str:
    """The address as words, to be searched for some."""
    return re.sub(r"[/_\-.?=&]+", " ", urlsplit(url)._replace(scheme="", netloc="").geturl())
