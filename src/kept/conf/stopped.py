"""What the edges of this process stopped: a kind, a name, how often. Never what it held.

Rules: counts stand in memory until somebody writes them down (`take`), so that noting needs no
database and works inside a socket's hook; a name is a name that code chose (a cookie's, a host's, a
logger's), masked and cut; names are bounded, so that noting can fill nothing.
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Final, Literal, NamedTuple

from kept.conf.masking import masked

Kind = Literal["cookie", "source", "header", "connection", "mail", "log"]
LONGEST: Final = 80
MOST: Final = 200
"""Names of one kind that are counted one by one between two writings."""
OTHERS: Final = "(others)"


class Thing(NamedTuple):
    """What was stopped."""

    kind: Kind
    name: str


_lock = Lock()
_counts: Counter[Thing] = Counter()


def note(kind: Kind, name: str) -> None:
    """Count one more."""
    thing = Thing(kind, masked(name)[:LONGEST])
    with _lock:
        if thing not in _counts and sum(1 for one in _counts if one.kind == kind) >= MOST:
            thing = Thing(kind, OTHERS)
        _counts[thing] += 1


def take() -> Mapping[Thing, int]:
    """What was counted since the last call; whoever calls writes it down."""
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    return taken


def give_back(counts: Mapping[Thing, int]) -> None:
    """What was taken could not be written down: it is counted again."""
    with _lock:
        _counts.update(counts)


def pending() -> bool:
    """Whether there is anything to write down."""
    return bool(_counts)
