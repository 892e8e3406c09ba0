"""The pages that were opened: title, status, what a person reads, and the dates on them."""

from kept.audit.browser import Visitor
from kept.audit.evidence import PageSeen, Seen
from kept.audit.scripts import javascript

SCRIPT = ""
_LOOK = javascript("collectors/pages.js")


def look(visitor: Visitor, status: int = 0) -> PageSeen:
    """The page that stands in the window."""
    found = visitor.run(_LOOK) or {"title": "", "text": "", "dates": []}
    return PageSeen(visitor.url, found["title"], status, found["text"], tuple(found["dates"]))


def page(visitor: Visitor, seen: Seen) -> None:
    """Note the open page, with the status of the answer that brought it."""
    answers = (one.status for one in reversed(seen.exchanges) if one.url == visitor.url)
    seen.pages.append(look(visitor, next(filter(None, answers), 0)))


def end(visitor: Visitor, seen: Seen) -> None:
    """Nothing is left to see."""
