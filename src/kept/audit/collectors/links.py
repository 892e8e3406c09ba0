"""The links of each page."""

from kept.audit.browser import Visitor
from kept.audit.evidence import LinkSeen, Seen
from kept.audit.scripts import javascript

SCRIPT = ""
_LOOK = javascript("collectors/links.js")


def page(visitor: Visitor, seen: Seen) -> None:
    """Each address once for each text that it goes by."""
    known = {(one.href, one.text) for one in seen.links}
    for href, text in visitor.run(_LOOK) or []:
        if (href, text) not in known:
            known.add((href, text))
            seen.links.append(LinkSeen(href, text, visitor.url))


def end(visitor: Visitor, seen: Seen) -> None:
    """Nothing is left to see."""
