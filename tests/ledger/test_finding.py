"""Leaves are found again by what they commit to: in large, small and edited batches."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from kept._kit import clock
from kept.ledger import Collected, record_many, sequence_once, status
from kept.ledger.log import leaf, tree
from kept.ledger.store import connect, finding, leaves, store

COLLECTED = Collected("inquiry", 0, ("contact.email",))
DAYS = ((3, 900, 2), (1,) * 70, (1_400, 5))
"""Events of each batch, day by day."""


@pytest.fixture
def wanted(ledger, monkeypatch) -> dict[bytes, int]:
    """Every leaf of a log of large and small batches over three days: leaf -> day."""
    monkeypatch.setattr(finding, "_SMALL", 300)
    for number, counts in enumerate(DAYS):
        with clock.only_for_testing_at(clock.now() + timedelta(days=number)):
            for count in counts:
                with transaction.atomic():
                    record_many([(COLLECTED, uuid4()) for _ in range(count)])
                sequence_once()
    return {one: int.from_bytes(one[1:5], "big") for one in _all()}


def _all() -> list[bytes]:
    numbers = range(-(-status().size // tree.WIDTH))
    return [one for at in numbers for one in leaves.split(leaves.bundle(store(), at))]


def test_every_leaf_is_found_where_it_stands(wanted):
    found = finding.find_all(store(), wanted, status().size)
    assert found == {one: index for index, one in enumerate(_all())}


def test_a_leaf_that_is_not_there_is_not_found(wanted):
    day = min(wanted.values())
    assert finding.find_all(store(), {leaf.encode(day, bytes(32)): day}, status().size) == {}


def test_a_leaf_is_found_where_somebody_changed_the_order(wanted):
    one, other = (leaves.split(leaves.bundle(store(), 1))[at] for at in (3, 200))
    changed = leaves.bundle(store(), 1).replace(one, b"\0" * leaf.SIZE).replace(other, one)
    store().run("UPDATE bundle SET leaves = %s WHERE number = 1", (changed,))
    assert finding.find_all(store(), {one: wanted[one]}, status().size) == {one: 256 + 200}


def test_one_leaf_of_a_large_batch_is_looked_up_not_searched_for(wanted, monkeypatch):
    """Whoever asks for a hundred receipts of a busy day does not read the day a hundred times."""
    read: list[str] = []
    run = connect.Store._run

    def counted(self, sql, values=()):
        read.append(sql)
        return run(self, sql, values)

    monkeypatch.setattr(connect.Store, "_run", counted)
    some = list(wanted)[400:600]  # of the batch of 900
    read.clear()
    finding.find_all(store(), {some[50]: wanted[some[50]]}, status().size)
    assert sum("FROM bundle" in sql for sql in read) <= 3
    read.clear()
    finding.find_all(store(), {one: wanted[one] for one in some}, status().size)
    assert sum("FROM bundle" in sql for sql in read) <= 5
