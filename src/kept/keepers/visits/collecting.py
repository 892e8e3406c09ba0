"""The collector: takes views and times of reading in, closes windows at fixed times.

Rules: everything is in memory, nothing is spooled; windows close at fixed hours, whatever comes in,
so that the moment of a flush tells nothing; tokens of the window before the present one still
count; what could not be taken in is counted as lost.
"""

from typing import Final

from kept.keepers.visits.batches import Batch, Known, Pending, nobody
from kept.keepers.visits.windows import Window, step_of

EVERY: Final = 6 * 3600
"""Seconds between the fixed times: 0, 6, 12 and 18 o'clock UTC."""
MOST_READING: Final = 3 * 3600
"""A page that stayed open longer was forgotten in a tab."""


class Collector:
    """One per host. `moment` is in seconds since the epoch (UTC) in every call."""

    def __init__(self, moment: float, known: Known = nobody) -> None:
        self._known = known
        self._open = Window(_fixed(moment))
        self._before: Window | None = None
        self._pending = Pending()

    @property
    def next_close(self) -> float:
        """The fixed time at which the open window closes."""
        return self._open.opened + EVERY

    @property
    def key(self) -> bytes:
        """The key of the tokens of views in the open window."""
        return self._open.key

    def view(self, page: str, address: str) -> None:
        """Note a person's view of `page`."""
        self._open.view(page, address)

    def robot(self, page: str) -> None:
        """Note a robot's view, without its address."""
        self._open.robots[page] += 1

    def lose(self, views: int) -> None:
        """Note views that a worker could not hand over."""
        self._open.lost += views

    def leave(self, token: bytes, moment: float) -> bool:
        """Note that the page of `token` was left. False for an unknown or used one."""
        for window in (self._open, self._before):
            found = window.read_token(token) if window is not None else None
            if found is not None:
                page, at = found
                self._open.readings[page, step_of(min(moment - at, MOST_READING))] += 1
                return True
        return False

    def close_if_due(self, moment: float) -> Batch | None:
        """Close the window once its fixed time has come; the batch that may go out, if any."""
        if moment < self.next_close:
            return None
        return self._close(moment)

    def end(self, moment: float) -> Batch | None:
        """Give everything out before memory is lost; addresses only where there are enough."""
        return self._close(moment, ending=True)

    def _close(self, moment: float, *, ending: bool = False) -> Batch | None:
        self._pending.add(self._open)
        # Its key goes with the window before: tokens older than that cannot be read by anyone.
        self._before, self._open = self._open, Window(_fixed(moment))
        self._before.addresses = set()
        batch = self._pending.take(moment, self._known, ending=ending)
        if batch is not None:
            self._pending = Pending()
        return batch


def _fixed(moment: float) -> float:
    """The last fixed time at or before `moment`."""
    return moment - moment % EVERY
