"""A walk in slices sees every row, says how old its oldest look is, and turns nothing green."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kept import gate, promises
from kept._kit import clock
from kept._kit.ids import new_id
from kept.promises import proving, slices, verifying
from kept.promises.evidence import broken, kept
from kept.promises.models import Proof
from kept.vault.models import Subject
from tests.posting import changed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = date(2026, 1, 20)
ROUND = timedelta(minutes=30)


@pytest.fixture
def short(monkeypatch):
    """Slices of three rows."""
    monkeypatch.setattr(slices, "SLICE", 3)


@pytest.fixture
def people(usimprints):
    """Twelve people of some weeks ago, in the order of their keys."""
    return _people(12)


def _people(count, since=LONG_AGO):
    made = [Subject(id=new_id(), collected=0, since=since) for _ in range(count)]
    Subject.objects.bulk_create(made)
    return sorted(one.pk for one in made)


class _Round:
    """One round of a walk through all people, at a moment."""

    def __init__(self, carried, at, new=None):
        with clock.only_for_testing_at(at):
            walk = slices.Walk(carried)
            sets = [list(rows.values_list("pk", flat=True)) for rows in walk.of(Subject, new)]
        self.seen = [pk for some in sets for pk in some]
        self.carry, self.figures = walk.carry, walk.figures


def _rounds(carried, at, new=None) -> Iterator[_Round]:
    while True:
        at += ROUND
        made = _Round(carried, at, new)
        carried = made.carry
        yield made


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_and_goes_no_row_is_older_looked_at_than_the_figures_say(db, short, seed):
    """The oracle keeps for each row when it was last looked at, and compares with the figure."""
    chance = random.Random(seed)
    at, carried = NOON, {}
    looked = dict.fromkeys(_people(40), NOON)  # or when it came
    for _ in range(120):
        at += chance.choice((ROUND, ROUND, ROUND, timedelta(hours=9), timedelta(days=2)))
        made = _Round(carried, at)
        carried = made.carry
        assert len(set(made.seen)) == len(made.seen)
        looked |= dict.fromkeys(made.seen, at)
        said = f"{made.figures['all looked at since']}".removesuffix(" UTC")
        since = datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        assert since <= min(looked.values())
        assert at - since <= 2 * slices.LIMIT + timedelta(days=2)
        for pk in chance.sample(sorted(looked), chance.randrange(4)):
            Subject.objects.filter(pk=pk).delete()
            del looked[pk]
        looked |= dict.fromkeys(_people(chance.randrange(4)), at)


def test_each_row_is_looked_at_once_in_a_walk_a_slice_at_a_time(people, short):
    first = _Round({}, NOON)
    assert sorted(first.seen) == people
    rounds = _rounds(first.carry, NOON)
    walked = [next(rounds).seen for _ in range(4)]
    assert [len(some) for some in walked] == [3, 3, 3, 3]
    assert [pk for some in walked for pk in sorted(some)] == people


def test_a_table_no_longer_than_a_slice_is_looked_at_whole_every_time(people, monkeypatch):
    monkeypatch.setattr(slices, "SLICE", len(people))
    rounds = _rounds({}, NOON)
    for _ in range(3):
        made = next(rounds)
        assert sorted(made.seen) == people
        assert made.figures["rows looked at"] == made.figures["rows in all"] == 12


def test_what_came_in_since_is_looked_at_at_once_wherever_its_key_lies(people, short):
    rounds = _rounds(_Round({}, NOON).carry, NOON, slices.since_day)
    next(rounds)
    new = _people(5, since=NOON.date())
    assert set(new) <= set(next(rounds).seen)


def test_after_a_pause_the_slice_is_longer_and_a_walk_of_a_week_is_finished(people, short):
    carried = _Round({}, NOON).carry
    half = _Round(carried, NOON + slices.PACE / 2)
    assert len(half.seen) == 6
    assert sorted(half.seen + _Round(half.carry, NOON + 2 * slices.LIMIT).seen) == people


def test_a_round_that_was_killed_leaves_the_walk_where_it_was(people, short, monkeypatch):
    promises.verify(["purposes.news"])

    def killed(*_args):
        raise KeyboardInterrupt

    before = Proof.objects.get(promise="purposes.news").parts
    with monkeypatch.context() as patch:
        patch.setattr(verifying, "_store", killed)
        with pytest.raises(KeyboardInterrupt):
            promises.verify(["purposes.news"])
    assert Proof.objects.get(promise="purposes.news").parts == before
    _mark(people[0])
    assert promises.verify(["purposes.news"]).findings[0].state == "broken"


def _mark(pk, mask=None):
    """A script says of somebody that they consented to mails."""
    Subject.objects.filter(pk=pk).update(
        consented=gate.in_force().mask(["news"]) if mask is None else mask
    )


def _state(**words):
    return promises.verify(["purposes.news"], **words).findings[0].state


def test_an_old_row_that_was_broken_is_found_within_one_walk(people, short):
    assert [_state(), _state()] == ["kept", "kept"]
    _mark(people[0])  # the slice went past it a moment ago
    assert [_state() for _ in range(4)] == ["kept", "kept", "kept", "broken"]


def test_an_old_row_that_was_broken_is_found_at_once_by_a_full_look(people, short):
    assert [_state(), _state()] == ["kept", "kept"]
    _mark(people[0])
    assert _state(full=True) == "broken"


def test_what_was_found_broken_stays_broken_until_it_is_mended(people, short):
    _state()
    _mark(people[-1])
    assert _state(full=True) == "broken"
    assert [_state() for _ in range(6)] == ["broken"] * 6
    _mark(people[-1], 0)
    assert [_state() for _ in range(6)] == ["kept"] * 6


def test_a_new_version_is_looked_at_whole(people, short, post):
    _state()
    _state()
    _mark(people[0])
    post(changed(('version = "2016-03-16"', 'version = "2016-03-17"')))
    assert _state() == "broken"


def test_only_a_finding_kept_carries_on(usimprints, monkeypatch):
    monkeypatch.setattr(proving, "_checks", {})
    monkeypatch.setattr("kept.promises.keeping._keepers", {"testing": lambda: ("backups",)})
    given, answers = [], [broken, kept, kept]

    @proving.check("backups", carries="a number")
    def look(promise, carried):
        """What the test says."""
        given.append(dict(carried))
        return answers[len(given) - 1]("so", carry={"read": len(given)})

    for _ in answers:
        promises.verify(["backups"])
    assert given == [{}, {}, {"read": 2}]


def test_a_check_that_says_not_what_it_carries_on_with_is_given_nothing(usimprints, monkeypatch):
    monkeypatch.setattr(proving, "_checks", {})
    monkeypatch.setattr("kept.promises.keeping._keepers", {"testing": lambda: ("backups",)})
    given = []

    @proving.check("backups")
    def look(promise, carried):
        """Nothing."""
        given.append(dict(carried))
        return kept("so", carry={"read": 1})

    promises.verify(["backups"])
    promises.verify(["backups"])
    assert given == [{}, {}]


def test_more_rows_take_no_more_questions(usimprints, short):
    counts = []
    for _ in range(2):
        _people(6)
        promises.verify()
        with CaptureQueriesContext(connection) as asked:
            promises.verify()
        counts.append(len(asked))
    assert counts[0] == counts[1]
