"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of a log, in a signed note.

Rules: the size has one spelling and at most 2**63 - 1; the root is 32 bytes; extension lines are
refused, for nobody can audit them; the origin is the one that was asked for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kept.ledger.log import hashing, note
from kept.ledger.log.errors import CHECKPOINT, ORIGIN, LogError
from kept.ledger.log.text import from_base64, to_base64

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_LINES = 4
"""Origin, size, root, and what follows the last newline: nothing."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log at one size."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def sign(checkpoint: Checkpoint, *signers: note.Signer) -> str:
    """The signed note of `checkpoint`. Raises `LogError` L111 where it has no spelling."""
    parse(str(checkpoint))
    return note.sign(str(checkpoint), *signers)


def verify(data: bytes, verifiers: Iterable[note.Verifier], origin: str) -> Checkpoint:
    """The checkpoint of a signed note, of the log `origin`.

    Raises `LogError` L108 to L112.
    """
    made = parse(note.verify(data, verifiers).text)
    if made.origin != origin:
        raise LogError(ORIGIN, f"`{made.origin}`, not `{origin}`")
    return made


def parse(text: str) -> Checkpoint:
    """The checkpoint of a note's text, not yet believed. Raises `LogError` L111."""
    lines = text.split("\n")
    if len(lines) != _LINES or lines[-1] or not lines[0] or lines[0] != lines[0].strip():
        raise LogError(CHECKPOINT, "not exactly origin, size and root")
    if not _SIZE.fullmatch(lines[1]) or int(lines[1]) >= 2**63:
        raise LogError(CHECKPOINT, f"size `{lines[1][:40]}`")
    try:
        root = from_base64(lines[2])
    except ValueError as error:
        raise LogError(CHECKPOINT, f"root `{lines[2][:80]}`: {error}") from error
    size = int(lines[1])
    if len(root) != hashing.SIZE or (size == 0 and root != hashing.EMPTY):
        raise LogError(CHECKPOINT, f"root `{lines[2][:80]}` of `{size}` leaves")
    return Checkpoint(lines[0], size, root)
