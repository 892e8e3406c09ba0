"""When visits may be published with their addresses, and what is left of them when not.

Rules (UI-05): a batch goes out with its addresses only when it holds at least `DISTINCT` that stand
in no batch that is still kept, so that each could be anybody's of that many, and so that nobody who
comes again is found by comparing batches; a smaller one is merged with the next, for at most
`LONGEST` seconds; then the addresses are dropped and the counts kept. Addresses leave shuffled,
each once, and beside no page: how much one of them looked at is nowhere.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from kept.keepers.visits.windows import Window

DISTINCT: Final = 50
LONGEST: Final = 24 * 3600
MOST_IN_MEMORY: Final = 500_000
"""Addresses held at most; further ones are dropped and counted."""
_random = secrets.SystemRandom()

Known = Callable[[Collection[str]], Collection[str]]
"""Which of some addresses stand in a batch that is still kept."""


def nobody(_addresses: Collection[str]) -> Collection[str]:
    """No address is known."""
    return ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What is published: counts, and addresses where there are enough of them."""

    addresses: tuple[str, ...]
    """Shuffled, each once, none that a kept batch has; empty where they were too few."""
    pages: Counter[str]
    """Views by page."""
    readings: Counter[tuple[str, int]]
    robots: Counter[str]
    lost: int
    dropped: int
    """Addresses that could have been recorded and were not, because they were too few or many."""


@dataclass(slots=True)
class Pending:
    """Closed windows that wait until they may be published."""

    since: float | None = None
    pages: Counter[str] = field(default_factory=Counter)
    addresses: set[str] = field(default_factory=set)
    readings: Counter[tuple[str, int]] = field(default_factory=Counter)
    robots: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    crowded_out: int = 0
    """Addresses for which memory had no room."""

    def add(self, window: Window) -> None:
        """Take a closed window in."""
        if self.since is None:
            self.since = window.opened
        room = max(0, MOST_IN_MEMORY - len(self.addresses))
        new = window.addresses - self.addresses
        self.crowded_out += max(0, len(new) - room)
        self.addresses.update(list(new)[:room])
        self.pages.update(window.pages)
        self.readings.update(window.readings)
        self.robots.update(window.robots)
        self.lost += window.lost

    def take(self, moment: float, known: Known, *, ending: bool = False) -> Batch | None:
        """The batch that may go out at `moment`; None while it should wait for more. Take it once.

        `ending`: memory is about to be lost, so what cannot go out with addresses goes without.
        """
        if self.since is None or not self._anything():
            return None
        fresh = self.addresses - set(known(self.addresses))
        enough = len(fresh) >= DISTINCT
        if not (enough or ending or moment - self.since >= LONGEST):
            return None
        dropped = self.crowded_out + (0 if enough else len(fresh))
        out = list(fresh) if enough else []
        _random.shuffle(out)
        return Batch(tuple(out), self.pages, self.readings, self.robots, self.lost, dropped)

    def _anything(self) -> bool:
        return bool(self.pages or self.readings or self.robots or self.lost)
