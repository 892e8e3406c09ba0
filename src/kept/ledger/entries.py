"""One entry: events on their way to leaves, sealed under their subject's key and authenticated.

Rules: what is recorded at once about one person is one entry; it holds events and nonces sealed,
padded to steps so that its length tells no kind; neither the commitments nor anything computed from
them stands beside the subject. An entry about no one is in clear. The MAC covers every field, under
a key that no database holds.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.ledger import events
from kept.ledger.errors import SEALED
from kept.ledger.log import leaf
from kept.ledger.sealing import seal_all

STEP = 256
"""Bytes: the sealed text (nonce, event, padding) is a multiple of this."""
MOST = 100
"""Events of one entry."""
MARK = 16
MAC = 32
PLACE = 2
"""Last bytes of a mark: the place of an event in its entry, from 0; the entry's own is its last."""
_RANDOM = 10
"""Random bytes of a mark."""
_DAY = MARK - _RANDOM - PLACE
_NO_ONE = b"\0" * 17


class Entry(NamedTuple):
    """A row of an outbox or of the ledger."""

    mark: bytes
    """16 bytes that make the entry recognisable, so that it is never appended twice: the day, which
    the row tells anyway and which keeps new rows together in an index, then 10 random ones, then
    the number of its events less one."""
    subject: bytes | None
    """The 16 bytes of the subject's id; None where the event is about no one."""
    day: int
    """Days since 1970-01-01."""
    body: bytes
    mac: bytes

    @property
    def events(self) -> int:
        """How many events it holds."""
        return events_of(self.mark)


def events_of(mark: bytes) -> int:
    """How many events the entry of this mark holds."""
    return int.from_bytes(mark[-PLACE:], "big") + 1


class Opening(NamedTuple):
    """What a leaf commits to."""

    nonce: bytes
    event: bytes


def make(
    pairs: Sequence[tuple[events.AnyEvent, UUID | None]], codes: "Macs"
) -> tuple[list[Entry], list[bytes]]:
    """Entries of today for (event, subject) pairs, and in the pairs' order the marks of the events.

    Raises `KeptError` L001, L003 or L004.
    """
    day, code = leaf.days(clock.today()), codes.of
    first = day.to_bytes(_DAY, "big")
    marks = [b""] * len(pairs)
    drafts: list[tuple[bytes, UUID | None, bytes]] = []
    groups = list(_by_subject(pairs))
    random, at = os.urandom(_RANDOM * len(groups) + leaf.NONCE * len(pairs)), 0
    for subject, places in groups:
        texts = [events.encode(pairs[place][0]) for place in places]
        nonces = at + _RANDOM
        start, at = first + random[at:nonces], nonces + leaf.NONCE * len(places)
        for number, place in enumerate(places):
            marks[place] = start + number.to_bytes(PLACE, "big")
        drafts.append((marks[places[-1]], subject, random[nonces:at] + b"\n".join(texts)))
    sealed = iter(_sealed([(who, plain) for _, who, plain in drafts if who is not None]))
    made = []
    for mark, subject, plain in drafts:
        who, body = (None, plain) if subject is None else (subject.bytes, next(sealed))
        made.append(Entry(mark, who, day, body, code(mark, who, day, body)))
    return made, marks


def openings(entry: Entry, plain: bytes) -> list[Opening]:
    """Nonces and events of an entry's opened body; fewer than it says where it is not ours."""
    return [Opening(one[: leaf.NONCE], one[leaf.NONCE :]) for one in plains(entry, plain)]


def plains(entry: Entry, plain: bytes) -> list[bytes]:
    """As `openings`, each nonce with its event behind it: what a leaf commits to."""
    first = leaf.NONCE * entry.events
    texts = plain[first:].rstrip(b" ").split(b"\n")
    nonces = range(0, first, leaf.NONCE)
    return [plain[at : at + leaf.NONCE] + text for at, text in zip(nonces, texts, strict=False)]


def _by_subject(
    pairs: Sequence[tuple[events.AnyEvent, UUID | None]],
) -> Iterator[tuple[UUID | None, Sequence[int]]]:
    """Each subject with the places of its pairs, at most so many as one entry holds."""
    if len(pairs) == 1:
        yield pairs[0][1], (0,)
        return
    found: dict[UUID | None, list[int]] = {}
    for place, (_, subject) in enumerate(pairs):
        found.setdefault(subject, []).append(place)
    for subject, places in found.items():
        for at in range(0, len(places), MOST):
            yield subject, places[at : at + MOST]


def _sealed(plains: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
    bodies = seal_all([(who, plain + b" " * (-len(plain) % STEP)) for who, plain in plains])
    for (who, _), body in zip(plains, bodies, strict=True):
        if not body:
            raise KeptError(SEALED, f"nothing came back for subject `{who}`")
    return bodies


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
