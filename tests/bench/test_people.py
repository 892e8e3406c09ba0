"""The people that benchmarks are made with: as many as asked for, the same each time."""

from benchmarks import people


def test_rows_are_spread_as_on_a_real_site():
    sizes = people.zipf(10_000, 100_000, most=5_000)
    assert len(sizes) == 10_000
    assert abs(sum(sizes) - 100_000) <= 10_000
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 5_000
    assert sizes[5_000] <= 3


def test_the_same_people_are_made_each_time():
    made = [
        people.digest(people.People(people._ascending(people.Random(seed), 50), [3] * 50))
        for seed in (1, 1, 2)
    ]
    assert made[0] == made[1] != made[2]
