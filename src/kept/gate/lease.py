"""What a scope may hold for a while: the vault's opened keys. Emptied when the scope ends.

Rules: nothing in it outlives the scope; in a *leased* scope it also ends after 1,000 rows or 5
seconds, whichever is first, so that a long job sees keys destroyed and choices made meanwhile.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, Final, NoReturn

MAX_ROWS: Final = 1_000
MAX_SECONDS: Final = 5.0


class Lease:
    """A private slot with an end. Cannot be copied or pickled."""

    __slots__ = ("__weakref__", "_closers", "_since", "closed", "rows", "slot")

    def __init__(self) -> None:
        self.slot: dict[Any, Any] = {}
        self.rows = 0
        self.closed = False
        self._since = monotonic()
        self._closers: list[Callable[[], None]] = []

    @property
    def spent(self) -> bool:
        """True when a leased scope must read keys and choices anew."""
        return self.closed or self.rows >= MAX_ROWS or monotonic() - self._since >= MAX_SECONDS

    def on_close(self, call: Callable[[], None]) -> None:
        """Run `call` when this lease ends, before its slot is emptied."""
        self._closers.append(call)

    def close(self) -> None:
        """End it: run what waits for the end, then empty the slot, whatever went wrong."""
        if self.closed:
            return
        self.closed = True
        try:
            while self._closers:
                self._closers.pop()()
        finally:
            self.slot.clear()

    def __repr__(self) -> str:
        return f"<lease: {'closed' if self.closed else 'open'}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a lease cannot be copied or pickled")
