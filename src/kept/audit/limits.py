"""How much an audit may ask of a site, and for how long."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one audit."""

    pages: int = 20
    """Different pages that are opened; each is opened again in every state of choice."""
    seconds: float = 600.0
    quiet: float = 0.8
    """Seconds without a request after which a page counts as loaded."""
    patience: float = 8.0
    """Seconds that a page may take to come to rest."""


DEFAULT = Limits()


@dataclass(slots=True)
class Deadline:
    """The moment at which an audit stops. Starts when it is made."""

    seconds: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(self._end - time.monotonic(), 0.0)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.left == 0.0
