"""The subjects' keys, as the ledger sees them: two functions that the vault wires.

Rules: without a sealer nothing about a person is recorded, and nothing about a person is written
in clear instead. What `open` cannot open is closed for good, never an error.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, runtime_checkable
from uuid import UUID

from kept._kit.errors import KeptError
from kept.ledger.errors import UNWIRED


class Sealer(Protocol):
    """Seals bytes under a subject's key."""

    def seal(self, subject: UUID, data: bytes) -> bytes:
        """`data`, readable only with the subject's key. Raises when the subject has none left."""
        ...

    def open(self, subject: UUID, data: bytes) -> bytes | None:
        """What was sealed; None when the key is destroyed or `data` is not its work."""
        ...


@runtime_checkable
class ManySealer(Protocol):
    """A sealer that fetches the keys of many subjects at once; used where there is one."""

    def seal_many(self, plains: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
        """As `Sealer.seal`, for each pair, in order; raises where it cannot for one of them."""
        ...

    def open_many(self, sealed: Sequence[tuple[UUID, bytes]]) -> list[bytes | None]:
        """As `Sealer.open`, for each pair, in order."""
        ...


_wired: Sealer | None = None
_many: ManySealer | None = None
"""The wired sealer where it takes many at once; asked once, for the question is slow."""


def wire(sealer: Sealer | None) -> None:
    """Give the ledger the subjects' keys. Called once per process, by the vault."""
    global _wired, _many
    _wired, _many = sealer, sealer if isinstance(sealer, ManySealer) else None


def sealer() -> Sealer:
    """The wired sealer. Raises `KeptError` L003."""
    if _wired is None:
        raise KeptError(UNWIRED, "an event about a subject cannot be recorded")
    return _wired


def seal_all(plains: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
    """Each pair (subject, bytes) sealed, in order. Raises `KeptError` L003."""
    if not plains:
        return []
    sealing = sealer()
    if len(plains) > 1 and _many is not None:
        return _many.seal_many(plains)
    return [sealing.seal(subject, data) for subject, data in plains]


def open_all(sealed: Sequence[tuple[UUID, bytes]]) -> list[bytes | None]:
    """Each pair (subject, bytes) opened, in order; None where it is closed for good."""
    if not sealed:
        return []
    opener = sealer()
    if _many is not None:
        return _many.open_many(sealed)
    return [opener.open(subject, data) for subject, data in sealed]


@contextmanager
def only_for_testing(other: Sealer | None) -> Iterator[None]:
    """Wire `other` while the block runs."""
    before = _wired
    wire(other)
    try:
        yield
    finally:
        wire(before)
