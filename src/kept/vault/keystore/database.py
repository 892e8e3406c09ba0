"""What the key store asks of its database: reads, and writes that are durable when they return.

SQL is written once, with `?` for values and `{blob}` for the type of bytes.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class Writer(Protocol):
    """An open write transaction."""

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Run one statement; its rows, if it gives any."""

    def serialise(self, what: bytes) -> None:
        """Wait until no other transaction holds `what`, then hold it until this one ends."""

    def current_master(self) -> int | None:
        """The version of the current master key, which cannot change before this one ends."""


class Database(Protocol):
    """An SQLite file or a PostgreSQL database, not one of Django's."""

    place: str
    """The SQLite file, or the `postgresql://` address."""

    def snapshot(self) -> AbstractContextManager[Writer]:
        """A transaction that sees one moment and changes nothing; writers are not held up."""

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Committed rows."""

    def read_among(self, sql: str, values: Sequence[bytes]) -> list[Row]:
        """Committed rows whose column, named at the end of `sql`, holds one of these.

        However many there are: what costs the least work for each differs by engine.
        """

    def write(self) -> AbstractContextManager[Writer]:
        """A transaction of its own, on disk when the block ends, whatever the caller's does."""

    def close(self) -> None:
        """Close the calling thread's connection."""


CURRENT_MASTER = "SELECT version FROM master WHERE state = 'current'"
