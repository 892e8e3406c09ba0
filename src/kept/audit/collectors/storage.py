"""What pages keep in the browser beside cookies: local and session storage, IndexedDB, caches."""

from kept.audit.browser import Visitor
from kept.audit.evidence import Seen, StoredSeen
from kept.audit.scripts import javascript

SCRIPT = ""
_LOOK = javascript("collectors/storage.js")


def page(visitor: Visitor, seen: Seen) -> None:
    """Every item of every frame's origin, once."""
    known = set(seen.stored)
    for _, value in visitor.run_everywhere(_LOOK):
        for where, name, text in value["found"]:
            one = StoredSeen(where, value["origin"], name, text)
            if one not in known:
                known.add(one)
                seen.stored.append(one)


def end(visitor: Visitor, seen: Seen) -> None:
    """Nothing is left to see: storage belongs to pages."""
