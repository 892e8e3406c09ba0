"""Whose a leaf of an erased person was: chance, for an adversary that breaks naive ledgers.

Bounds: with 3,000 pairs the share of right guesses of a coin deviates by more than 4.5 points once
in 1.2 million runs; so a ledger that passes gives at most 4.5 + 1.5 points of advantage with 95 %
confidence. The naive ledgers are broken outright by the same code.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from kept.ledger import Collected, Consented, forget, keys, record_many, sequence_once
from kept.ledger.log import leaf
from kept.ledger.models import Outbox
from kept.ledger.store import batches, leaves, recorded, store
from tests.ledger.adversary import Adversary, Batch, Person

BATCHES, LIVING, PAIRS = 15, 200, 200
MOST = 0.045
"""Points of one by which the share of right guesses may differ from one half."""

Commit = Callable[[UUID, bytes, bytes], bytes]
"""Subject, event and nonce to what stands in a leaf."""


def _events(count: int) -> list:
    made = (
        Collected("inquiry", 0, ("contact.email",), uuid4()),
        Consented("inquiry", ("answer-inquiry",), 0, "0" * 64, row=uuid4()),
    )
    return [random.choice(made) for _ in range(count)]


def _real(ledger) -> tuple[list[Batch], list[bytes]]:
    """Batches of this ledger after everyone of the pairs was erased; all the keys that are left."""
    found = []
    for _ in range(BATCHES):
        people = [uuid4() for _ in range(LIVING + 2 * PAIRS)]
        with transaction.atomic():
            record_many(list(zip(_events(len(people)), people, strict=True)))
        backup = {row.subject: row for row in Outbox.objects.all()}
        first = min(row.pk for row in backup.values())
        sequence_once()
        batch = batches.latest(store())
        where = _where(batch)
        order = {bytes(row[0]): at for at, row in enumerate(store().rows("SELECT mark FROM entry"))}
        seen = []
        for who in people:
            row = backup[who]
            (entry,) = recorded.about(store(), who)
            plain = ledger.open(who, entry.body).rstrip(b" ")
            commitment = leaf.commit(plain)
            outbox = (row.pk - first, bytes(row.mark), bytes(row.body), bytes(row.mac))
            person = Person(who.bytes, plain[leaf.NONCE :], outbox, order[entry.mark])
            seen.append((person, (where[commitment], commitment)))
        for who in people[LIVING:]:
            ledger.destroy(who)
            forget(who)
        found.append(_batch(seen, batch.size - batch.first))
    return found, [keys._read(keys.folder() / "mac.key"), keys.signing_seed()]


def _where(batch: batches.Batch) -> dict[bytes, int]:
    numbers = range(batch.first // 256, batch.size // 256 + 1)
    log = [one for number in numbers for one in leaves.split(leaves.bundle(store(), number))]
    skipped = batch.first // 256 * 256
    return {one[5:]: at + skipped - batch.first for at, one in enumerate(log)}


def _batch(seen: Sequence, size: int) -> Batch:
    erased = random.sample(seen[LIVING:], 2 * PAIRS)
    pairs = [
        ((one[0], two[0]), (one[1], two[1]))
        for one, two in zip(erased[::2], erased[1::2], strict=True)
    ]
    return Batch(size, tuple(seen[:LIVING]), tuple(pairs))


def _naive(commit: Commit, *, shuffled: bool) -> tuple[list[Batch], list[bytes]]:
    """Batches of a ledger that somebody might write instead."""
    found = []
    for _ in range(BATCHES):
        people = [(uuid4(), b'{"kind":"Collected"}', random.randbytes(32)) for _ in range(600)]
        found_leaves = [commit(*one) for one in people]
        order = sorted(found_leaves) if shuffled else found_leaves
        where = {one: at for at, one in enumerate(order)}
        seen = []
        for at, ((who, event, _), one) in enumerate(zip(people, found_leaves, strict=True)):
            outbox = (at, random.randbytes(16), random.randbytes(284), random.randbytes(32))
            seen.append((Person(who.bytes, event, outbox, at), (where[one], one)))
        found.append(_batch(seen, len(people)))
    return found, [random.randbytes(32)]


def _share(found: Sequence[Batch], secrets: Sequence[bytes]) -> float:
    right, done = Adversary(found, secrets).hits(found, random.Random())
    assert done == BATCHES * PAIRS
    return right / done


def test_an_adversary_with_all_but_the_destroyed_keys_does_no_better_than_a_coin(ledger):
    assert abs(_share(*_real(ledger)) - 0.5) <= MOST


def _by_subject(who: UUID, event: bytes, nonce: bytes) -> bytes:
    return hashlib.sha256(who.bytes).digest()


def _by_subject_and_event(who: UUID, event: bytes, nonce: bytes) -> bytes:
    return hashlib.sha256(who.bytes + event).digest()


def _with_nonce(who: UUID, event: bytes, nonce: bytes) -> bytes:
    return hashlib.sha256(nonce + event).digest()


@pytest.mark.parametrize(
    ("commit", "shuffled", "least"),
    [
        (_by_subject, True, 1.0),
        (_by_subject_and_event, True, 1.0),
        (_with_nonce, False, 0.95),
    ],
    ids=["hash of the subject", "hash of subject and event", "nonces, in order of arrival"],
)
def test_a_naive_ledger_falls_to_the_same_adversary(commit, shuffled, least):
    assert _share(*_naive(commit, shuffled=shuffled)) >= least


def test_the_model_of_a_good_ledger_passes_without_the_product():
    """Nonces and random order: what is left of the design is enough for the claim."""
    assert abs(_share(*_naive(_with_nonce, shuffled=True)) - 0.5) <= MOST
