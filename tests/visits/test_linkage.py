"""Whoever holds every file cannot tell who sent which form; naive designs fall to them."""

import pytest

from benchmarks import linkage


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Fewer targets and visits than `make bench NAME=linkage` takes."""
    monkeypatch.setattr(linkage, "TARGETS", 300)
    monkeypatch.setattr(linkage, "RATES", {10: 0.3, 100: 0.1, 1_000: 0.08})


def test_no_way_of_guessing_beats_chance_by_a_point_and_no_link_is_certain():
    for rate, sending in linkage.RATES.items():
        for way, score in linkage._attack(rate, sending).items():
            assert len(score.gains) >= 300
            assert linkage._interval(score.gains)[1] <= 0.01, (rate, way)
            assert score.certain == 0, (rate, way)


def test_the_same_adversary_links_people_of_naive_designs():
    for row in linkage._naive():
        assert row.low > 5, row.work
