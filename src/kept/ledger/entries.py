"""One entry: an event on its way to a leaf, sealed under its subject's key and authenticated.

Rules: an entry about a person holds event and nonce sealed, padded to steps so that its length
tells no kind; neither the commitment nor anything computed from it stands beside the subject. An
entry about no one is in clear. The MAC covers every field, under a key that no database holds.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.ledger import events
from kept.ledger.errors import SEALED
from kept.ledger.log import leaf
from kept.ledger.sealing import sealer

STEP = 256
"""Bytes: the sealed text (nonce, event, padding) is a multiple of this."""
MARK = 16
MAC = 32
_RANDOM = 12
"""Random bytes of a mark."""
_NO_ONE = b"\0" * 17


class Entry(NamedTuple):
    """A row of an outbox or of the ledger."""

    mark: bytes
    """16 bytes that make the entry recognisable, so that it is never appended twice: the day, which
    the row tells anyway and which keeps new rows together in an index, then 12 random ones."""
    subject: bytes | None
    """The 16 bytes of the subject's id; None where the event is about no one."""
    day: int
    """Days since 1970-01-01."""
    body: bytes
    mac: bytes


class Opening(NamedTuple):
    """What a leaf commits to."""

    nonce: bytes
    event: bytes


def make(pairs: Sequence[tuple[events.AnyEvent, UUID | None]], codes: "Macs") -> list[Entry]:
    """Entries of today for (event, subject) pairs. Raises `KeptError` L001, L003 or L004."""
    day, code = leaf.days(clock.today()), codes.of
    step, first = leaf.NONCE + _RANDOM, day.to_bytes(MARK - _RANDOM, "big")
    random = os.urandom(step * len(pairs))
    made, at = [], 0
    for event, subject in pairs:
        plain = random[at : at + leaf.NONCE] + events.encode(event)
        mark = first + random[at + leaf.NONCE : at + step]
        body = plain if subject is None else _sealed(subject, plain)
        who = None if subject is None else subject.bytes
        made.append(Entry(mark, who, day, body, code(mark, who, day, body)))
        at += step
    return made


def opening(plain: bytes) -> Opening:
    """Nonce and event of an entry's opened body."""
    return Opening(plain[: leaf.NONCE], plain[leaf.NONCE :].rstrip(b" "))


def _sealed(subject: UUID, plain: bytes) -> bytes:
    body = sealer().seal(subject, plain + b" " * (-len(plain) % STEP))
    if not body:
        raise KeptError(SEALED, f"nothing came back for subject `{subject}`")
    return body


class Macs:
    """Message authentication codes of entries: keyed BLAKE2b over every field."""

    def __init__(self, key: bytes) -> None:
        self._base = hashlib.blake2b(key=key, digest_size=MAC, person=b"kept entry 1")

    def of(self, mark: bytes, subject: bytes | None, day: int, body: bytes) -> bytes:
        """The code of these fields."""
        made = self._base.copy()
        who = _NO_ONE if subject is None else b"\1" + subject
        made.update(mark + who + day.to_bytes(4, "big") + body)
        return made.digest()

    def forgotten(self, mark: bytes) -> bytes:
        """The code of an entry whose body was thrown away because its subject was erased."""
        return self.of_parts(b"forgotten", mark)

    def of_parts(self, kind: bytes, *parts: bytes | int) -> bytes:
        """The code of another `kind` of record; a part is a number or bytes of fixed length."""
        made = self._base.copy()
        made.update(kind + b"\n")
        for part in parts:
            made.update(part.to_bytes(8, "big") if isinstance(part, int) else part)
        return made.digest()

    def hold(self, entry: Entry) -> bool:
        """True where the entry is as it was made."""
        mark, subject, day, body, mac = entry
        return hmac.compare_digest(mac, self.of(mark, subject, day, body))
