"""When visits may be published with their addresses, and what is left of them when not.

Rules (UI-05): a batch goes out with its addresses only when it holds at least `DISTINCT` different
ones, so that any view could be anybody's of that many; a smaller one is merged with the next, for
at most `LONGEST` seconds; then the addresses are dropped and the counts kept. Views leave shuffled.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from kept.keepers.visits.windows import Window

DISTINCT: Final = 50
LONGEST: Final = 24 * 3600
MOST_IN_MEMORY: Final = 500_000
"""Views held at most; further ones lose their address and are counted."""
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Batch:
    """What is published: counts, and addresses where there are enough of them."""

    views: tuple[tuple[str, str], ...]
    """(page, address), shuffled; empty where the addresses were dropped."""
    pages: Counter[str]
    """Views by page, those with and without addresses together."""
    readings: Counter[tuple[str, int]]
    robots: Counter[str]
    lost: int
    dropped: int
    """Views whose address was dropped."""


@dataclass(slots=True)
class Pending:
    """Closed windows that wait until they may be published."""

    since: float | None = None
    views: list[tuple[str, str]] = field(default_factory=list)
    unaddressed: Counter[str] = field(default_factory=Counter)
    readings: Counter[tuple[str, int]] = field(default_factory=Counter)
    robots: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    def add(self, window: Window) -> None:
        """Take a closed window in."""
        if self.since is None:
            self.since = window.opened
        room = max(0, MOST_IN_MEMORY - len(self.views))
        self.views += window.views[:room]
        self.unaddressed.update(page for page, _ in window.views[room:])
        self.unaddressed.update(window.unaddressed)
        self.readings.update(window.readings)
        self.robots.update(window.robots)
        self.lost += window.lost

    def take(self, moment: float, *, ending: bool = False) -> Batch | None:
        """The batch that may go out at `moment`; None while it should wait for more. Take it once.

        `ending`: memory is about to be lost, so what cannot go out with addresses goes without.
        """
        if self.since is None or not self._anything():
            return None
        enough = len({address for _, address in self.views}) >= DISTINCT
        if not (enough or ending or moment - self.since >= LONGEST):
            return None
        return self._batch(with_addresses=enough)

    def _anything(self) -> bool:
        return bool(self.views or self.unaddressed or self.readings or self.robots or self.lost)

    def _batch(self, *, with_addresses: bool) -> Batch:
        pages = Counter(page for page, _ in self.views)
        pages.update(self.unaddressed)
        views = list(self.views) if with_addresses else []
        _random.shuffle(views)
        dropped = pages.total() - len(views)
        return Batch(tuple(views), pages, self.readings, self.robots, self.lost, dropped)
