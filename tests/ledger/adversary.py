"""Who holds the whole ledger, all data, old backups, and every key but the destroyed ones.

Given two leaves and two erased people, the adversary says whose is whose. It tries to explain the
leaves by hashes of all it knows, exactly, and by what it learns from the living, whose leaves it
can open: how the places of their rows and the bits of their entries go with the places and bits of
their leaves. It knows even what was recorded; it lacks the nonces, and the keys that seal them.
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import sqrt
from statistics import fmean, pstdev


@dataclass(frozen=True)
class Person:
    """What the adversary has of one person."""

    subject: bytes
    event: bytes
    outbox: tuple[int, bytes, bytes, bytes]
    """Row id, mark, body and code, from a backup of the data."""
    entry: int
    """Place of the entry in the ledger's table, from a backup of the ledger."""


@dataclass(frozen=True)
class Batch:
    """Leaves of one batch: those of the living are known, those of the erased in pairs."""

    size: int
    living: tuple[tuple[Person, tuple[int, bytes]], ...]
    """Each with the place and the commitment of their leaf."""
    pairs: tuple[tuple[tuple[Person, Person], tuple[tuple[int, bytes], tuple[int, bytes]]], ...]
    """Two people, and their two leaves in the same order: the answer, not given to the guess."""


HASHES: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: hashlib.sha256(data).digest(),
    lambda data: hashlib.blake2b(data, digest_size=32).digest(),
    lambda data: hashlib.sha3_256(data).digest(),
    lambda data: hashlib.sha512(data).digest()[:32],
)
LABELS = (b"", b"kept ledger event 1\n")


class Adversary:
    """Learns from the living of all batches, then guesses."""

    def __init__(self, batches: Sequence[Batch], secrets: Sequence[bytes]) -> None:
        self._secrets = secrets
        self._weights = self._learn(batches)

    def hits(self, batches: Iterable[Batch], coin: random.Random) -> tuple[int, int]:
        """How many pairs were told apart rightly, of how many."""
        right = done = 0
        for batch in batches:
            for people, found in batch.pairs:
                swapped = coin.random() < 0.5
                shown = found[::-1] if swapped else found
                right += self._says_swapped(batch, people, shown, coin) == swapped
                done += 1
        return right, done

    def _says_swapped(self, batch: Batch, people, shown, coin: random.Random) -> bool:
        known = [self._explanations(one) for one in people]

        def score(at: int, leaf: tuple[int, bytes]) -> float:
            if leaf[1] in known[at]:
                return 1e9
            features = _features(batch, people[at], leaf)
            return sum(weight * one for weight, one in zip(self._weights, features, strict=True))

        straight = score(0, shown[0]) + score(1, shown[1])
        crossed = score(0, shown[1]) + score(1, shown[0])
        return coin.random() < 0.5 if straight == crossed else crossed > straight

    def _explanations(self, person: Person) -> set[bytes]:
        """Everything that could be computed without the nonce."""
        _, mark, body, code = person.outbox
        known = [person.subject, person.subject.hex().encode(), person.event, mark, body, code]
        texts = [*known, *(b"".join(two) for two in permutations([*known, *self._secrets], 2))]
        texts += [b"".join(three) for three in permutations(known[:4], 3)]
        found = {digest(label + text) for digest in HASHES for label in LABELS for text in texts}
        for key in self._secrets:
            for text in known:
                found.add(hashlib.blake2b(text, key=key, digest_size=32).digest())
        return found

    def _learn(self, batches: Sequence[Batch]) -> list[float]:
        """How much each feature is higher for right pairings than for wrong ones, in deviations.

        What does not stand out of the noise is left out.
        """
        right, wrong = [], []
        for batch in batches:
            others = random.sample(batch.living, len(batch.living))
            for (person, leaf), (_, other) in zip(batch.living, others, strict=True):
                right.append(_features(batch, person, leaf))
                wrong.append(_features(batch, person, other))
        weights = []
        for ours, theirs in zip(zip(*right, strict=True), zip(*wrong, strict=True), strict=True):
            spread = pstdev([*ours, *theirs]) or 1.0
            higher = (fmean(ours) - fmean(theirs)) / spread
            weights.append(higher if abs(higher) > 4 * sqrt(2 / len(ours)) else 0.0)
        return weights


def _features(batch: Batch, person: Person, leaf: tuple[int, bytes]) -> list[float]:
    """How near places and bits are, each from 0 (far) to 1 (the same)."""
    place, commitment = leaf
    row, mark, body, code = person.outbox
    there = place / batch.size
    places = [
        row / batch.size,
        person.entry / batch.size,
        int.from_bytes(mark[4:8], "big") / 2**32,
        int.from_bytes(body[:4], "big") / 2**32,
        int.from_bytes(body[-4:], "big") / 2**32,
        int.from_bytes(code[:4], "big") / 2**32,
        int.from_bytes(person.subject[:4], "big") / 2**32,
    ]
    near = [1 - (there - one) ** 2 for one in places]
    bits = [
        1 - sum((a ^ b).bit_count() for a, b in zip(commitment, other[:32], strict=False)) / 256
        for other in (code, body, body[-32:], mark * 2, person.subject * 2)
    ]
    return near + bits
