"""Scripts of each page: files, inline ones, handlers in attributes; frames; early connections."""

from kept.audit.browser import Visitor
from kept.audit.evidence import ScriptsSeen, Seen
from kept.audit.scripts import javascript

SCRIPT = ""
_LOOK = javascript("collectors/scripts.js")


def page(visitor: Visitor, seen: Seen) -> None:
    """How this page uses scripts."""
    found = visitor.run(_LOOK)
    if found:
        seen.scripts.append(
            ScriptsSeen(
                visitor.url,
                tuple(found["sources"]),
                found["inline"],
                found["handlers"],
                tuple(found["hints"]),
                tuple(found["frames"]),
            )
        )


def end(visitor: Visitor, seen: Seen) -> None:
    """Nothing is left to see."""
