"""How much is done in one transaction, so that nobody waits long for a lock.

Rules: the next batch is sized by how long the last one took; a batch takes about `AIM` seconds and
never more than grows by half as much again, so that one quick batch does not lead to a long one.
"""

from time import monotonic

AIM = 0.065
"""Seconds that a transaction should hold its locks; a hundred milliseconds is the most."""
_FIRST, _LEAST, _MOST = 500, 20, 20_000


class Pace:
    """Sizes batches and remembers the longest."""

    def __init__(self, size: int = _FIRST) -> None:
        self.size = size
        self.longest = 0.0
        """Seconds that the longest batch took."""
        self._began = 0.0

    def __enter__(self) -> int:
        self._began = monotonic()
        return self.size

    def __exit__(self, *_: object) -> None:
        took = monotonic() - self._began
        self.longest = max(self.longest, took)
        wanted = self.size * AIM / max(took, 1e-4)
        self.size = int(max(_LEAST, min(wanted, self.size * 1.5, _MOST)))
