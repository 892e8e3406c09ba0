"""Every request on the wire: subresources, each hop of a redirect chain, beacons, sockets."""

from kept.audit.browser import Visitor
from kept.audit.evidence import Seen

SCRIPT = ""


def page(visitor: Visitor, seen: Seen) -> None:
    """What was asked while this page opened."""
    seen.exchanges += visitor.exchanges()


def end(visitor: Visitor, seen: Seen) -> None:
    """What was asked as the last page was left."""
    seen.exchanges += visitor.exchanges()
