"""The promise about each recipient is looked at, and turns red when it is broken."""

from datetime import timedelta

import pytest

from kept import gate, promises
from kept._kit import clock
from kept.keepers.sharing import flows, giving, telling
from kept.keepers.sharing.flows import disclosing
from kept.keepers.sharing.models import Disclosure, Telling
from tests.sharing.giving_world import post, receiver, usimprints, world

__all__ = ["post", "receiver", "usimprints", "world"]
pytestmark = pytest.mark.django_db
ID = "recipients.sister"


@pytest.fixture
def given(world):
    outcome = flows.disclose(world.zoe, "sister", "answer-inquiry")
    giving.deliver(outcome.disclosure)
    return world


def state(id=ID):
    promises.verify([id])
    return next(one for one in promises.standings() if one.promise.id == id).state


def broken():
    """Of all promises about giving, those that are broken."""
    about = ("recipients.", "disclosures.")
    ids = [one.promise.id for one in promises.standings() if one.promise.id.startswith(about)]
    promises.verify(ids)
    return {one.promise.id for one in promises.standings() if one.state == "broken"}


def test_what_was_given_as_declared_is_kept(given):
    assert state() == "kept"


def test_a_category_that_its_clause_does_not_name_breaks_it(given):
    Disclosure.objects.update(categories=["contact.email"])
    assert state() == "broken"
    assert state("recipients.carrier") == "kept"


def test_a_purpose_that_its_clause_does_not_name_breaks_it(given):
    Disclosure.objects.update(purpose="news")
    assert state() == "broken"


def test_one_that_is_not_told_in_time_breaks_it(given):
    flows.propagate(given.zoe, "erase")
    assert state() == "kept"
    with clock.only_for_testing_at(clock.now() + timedelta(days=5)):
        assert state() == "broken"
        telling.deliver(Telling.objects.get().pk)
        assert state() == "kept"


@pytest.fixture
def ordered(world):
    """Something left because a court ordered it, and its person was written to."""
    words = {"occasion": "legal process", "by": "ann"}
    row = flows.disclose(world.zoe, "court", "answer-inquiry", **words).disclosure
    disclosing.approve(row, "bea")
    giving.deliver(row)
    giving.hand_over(row, gate.Actor("staff", "bea"))
    disclosing.tell_people()


def test_what_left_on_an_occasion_as_the_clause_says_is_kept(ordered):
    assert state("disclosures.order") == "kept"


@pytest.mark.parametrize("second", ["", "ann"])
def test_a_second_operator_who_is_missing_or_the_first_one_breaks_it(ordered, second):
    Disclosure.objects.update(approved_by=second)
    assert broken() == {"disclosures.order"}


def test_a_person_who_is_not_told_of_it_in_time_breaks_it(ordered):
    Disclosure.objects.update(told=False)
    assert broken() == set()
    with clock.only_for_testing_at(clock.now() + timedelta(days=5)):
        assert broken() == {"disclosures.order"}
