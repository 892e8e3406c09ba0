"""Who has everything but the destroyed key cannot tell which leaf was the erased person's."""

import random
from math import sqrt
from uuid import UUID, uuid4

from django.db import transaction

from kept.ledger import Collected, Consented, Opened, forget, record_many, record_now, sequence_once
from kept.ledger.log import leaf
from kept.ledger.models import Outbox
from kept.ledger.store import batches, leaves, recorded, store

EVENTS = (
    Collected("inquiry", 0, ("contact.email",), UUID(int=7)),
    Consented("inquiry", ("answer-inquiry",), 0, "0" * 64),
    Opened("answer-inquiry", "staff", ("contact.email", "identity.name")),
)


def _unopened(sealer, entries, first: int, size: int) -> list[int]:
    """The leaves of a batch that no key in the adversary's hands explains."""
    explained = set()
    for entry in entries:
        plain = entry.body
        if entry.subject is not None:
            plain = sealer.open(UUID(bytes=entry.subject), entry.body)
        if plain:
            explained.add(leaf.encode(entry.day, leaf.commit(plain.rstrip(b" "))))
    log = b"".join(leaves.bundle(store(), number) for number in range(size // 256 + 1))
    return [at for at in range(first, size) if log[at * 37 : at * 37 + 37] not in explained]


def _guess(unopened: list[int], outbox: list, entry) -> int:
    """The adversary's best use of what is deterministic: any fixed function of all it holds."""
    held = b"".join(bytes(row.mark) + bytes(row.body) + bytes(row.mac) for row in outbox)
    seed = held + entry.mark + entry.body + entry.mac
    scores = {}
    for index in unopened:
        commitment = leaves.bundle(store(), index // 256)[index % 256 * 37 + 5 :][:32]
        score = (
            max((a ^ b).bit_count() < 4 for a, b in zip(commitment, seed, strict=False)),
            sum((a ^ b).bit_count() for a, b in zip(commitment, seed[-32:], strict=True)),
        )
        scores[index] = score
    return min(unopened, key=lambda index: scores[index])


def test_an_adversary_with_all_but_the_destroyed_key_does_no_better_than_chance(ledger):
    """One erased person per batch; the adversary has every other key, the ledger, old backups of
    the outbox with the person's row in it, and the person's entry from before it was emptied."""
    rounds, hits, expected, variance = 120, 0, 0.0, 0.0
    for _ in range(rounds):
        person, others = uuid4(), [uuid4() for _ in range(random.randrange(3))]
        before = batches.latest(store())
        with transaction.atomic():
            record_many([(random.choice(EVENTS), who) for who in (person, *others)])
        outbox = list(Outbox.objects.all())
        sequence_once()
        batch = batches.latest(store())
        entries = [one for who in (person, *others) for one in recorded.about(store(), who)]
        (mine,) = recorded.about(store(), person)
        plain = ledger.open(person, mine.body).rstrip(b" ")
        truth = leaves.find(
            store(), leaf.encode(mine.day, leaf.commit(plain)), batch.first, batch.size
        )
        ledger.destroy(person)
        forget(person)
        unopened = _unopened(ledger, entries, before.size if before else 0, batch.size)
        assert truth in unopened
        assert len(unopened) >= 5, "covers hide the one leaf that is left over"
        chance = 1 / len(unopened)
        hits += _guess(unopened, outbox, mine) == truth
        expected += chance
        variance += chance * (1 - chance)
    assert abs(hits - expected) < 4 * sqrt(variance)


def test_the_place_of_a_leaf_in_its_batch_says_nothing(ledger):
    """The first and the last recorded land anywhere."""
    places = []
    for _ in range(80):
        person = uuid4()
        with transaction.atomic():
            record_many([(EVENTS[0], person), *((EVENTS[0], uuid4()) for _ in range(5))])
        sequence_once()
        batch = batches.latest(store())
        (mine,) = recorded.about(store(), person)
        plain = ledger.open(person, mine.body).rstrip(b" ")
        wanted = leaf.encode(mine.day, leaf.commit(plain))
        index = leaves.find(store(), wanted, batch.first, batch.size)
        places.append((index - batch.first) / (batch.size - batch.first - 1))
    mean = sum(places) / len(places)
    assert abs(mean - 0.5) < 4 * sqrt(1 / 12 / len(places))
    assert min(places) < 0.2
    assert max(places) > 0.8


def test_no_leaf_holds_anything_stable_about_a_person(ledger):
    """The same event about the same person twice: two leaves with nothing in common but the day."""
    person = uuid4()
    for _ in range(2):
        record_now(EVENTS[0], person)
    sequence_once()
    batch = batches.latest(store())
    found = leaves.split(leaves.bundle(store(), 0))
    assert len(set(found)) == batch.size
    assert all(person.bytes not in one and person.hex.encode() not in one for one in found)
    assert {one[:5] for one in found} == {leaf.encode(batch.day, bytes(32))[:5]}
