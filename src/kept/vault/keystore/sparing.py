"""Which keys outlive an erasure: those of statutory classes, and those of holds that stand.

Read in the transaction that destroys, so that a hold comes before an erasure or is told that it is
too late, and never falls between.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kept.vault.keystore.journal import HELD

STATUTORY = "statutory-"
"""Keep classes that begin so outlive an erasure, because a law says so."""
_HOLD = "hold-"
Read = Callable[..., list[Any]]


def class_of(hold: UUID) -> str:
    """The keep class of what one hold covers."""
    return f"{_HOLD}{hold.hex}"


def hold_of(keep: str) -> UUID | None:
    """The hold that a keep class belongs to; None for any other class."""
    return UUID(hex=keep.removeprefix(_HOLD)) if keep.startswith(_HOLD) else None


def spared(read: Read, subject: UUID) -> dict[bytes, str]:
    """The keys of the subject that an erasure leaves: id and class."""
    held = {class_of(hold) for hold in _standing(read, subject)}
    rows = read("SELECT id, keep FROM subject_key WHERE subject = ?", (subject.bytes,))
    return {bytes(row[0]): row[1] for row in rows if row[1].startswith(STATUTORY) or row[1] in held}


def outlives(read: Read, subject: UUID, keep: str) -> bool:
    """Whether a key of this class may come back although the subject was erased."""
    if keep.startswith(STATUTORY):
        return True
    hold = hold_of(keep)
    return hold is not None and hold in _standing(read, subject)


def _standing(read: Read, subject: UUID) -> list[UUID]:
    rows = read("SELECT detail FROM journal WHERE subject = ? AND kind = ?", (subject.bytes, HELD))
    return [UUID(hex=row[0].split()[0]) for row in rows]
