"""A site that lived for a year: every promise is kept at its end, whatever people did meanwhile.

People come each month, ask, write, change their minds and go; the policy changes twice; the clock
does what it does. `KEPT_YEAR` sets how many come in a month; where it is set, everything is also
broken on that grown site, one thing after the other.
"""

import os
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from kept import promises, schedule
from kept._kit import clock
from kept.keepers.forms.models import Submission
from kept.keepers.rights.models import Request
from kept.promises.models import PolicyVersion
from kept.site import testimonials
from kept.site.models import Testimonial
from kept.vault.models import Subject
from tests.posting import changed
from tests.rights.conftest import world
from tests.rights.person import Asker, work
from tests.sabotage import cases, life, mail

__all__ = ["world"]

A_MONTH = int(os.environ.get("KEPT_YEAR", "4"))
ASKING = ("access", "cease", "erase")
BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
CHANGES = {
    4: (('keep = "30 days"', 'keep = "20 days"'),),
    8: (('keep = "30 days"', 'keep = "20 days"'), ("answer your requests", "answer what you ask")),
}


@pytest.fixture
def year(living, world, post, monkeypatch):
    """The year, month after month."""
    mail.open_door(living)
    people: list[Asker] = []
    moment = BEGAN
    for month in range(12):
        if month in CHANGES:
            with clock.only_for_testing_at(moment):
                post(changed(*CHANGES[month]))
        for day in (0, 4, 20):
            with clock.only_for_testing_at(moment + timedelta(days=day)):
                if day == 0:
                    people += _come(month, day)
                if day == 4 and month:
                    _ask(people)
                schedule.run_due()
                work()
        moment += timedelta(days=30)
    with clock.only_for_testing_at(moment):
        schedule.run_due()
        work()
        yield people


def _come(month: int, day: int) -> list[Asker]:
    """New people: inquirers, one who writes for publication, one with an account."""
    new = [Asker(f"p{month}.{day}.{n}@example.org") for n in range(A_MONTH)]
    for one in new:
        one.inquire()
    life.send(
        new[0].browser, "/testimonials/write/",
        name="Bea", email=new[0].address, words="The colors match.",
    )  # fmt: skip
    testimonials.publish(Testimonial.objects.filter(state="waiting")[0].pk, life.STAFF)
    return new


def _ask(people: list[Asker]) -> None:
    """Some want a copy, some stop, some go."""
    many = max(len(ASKING), A_MONTH // 4)
    for kind, who in zip(cycle(ASKING), people[:many], strict=False):
        if who.subject is not None:
            who.confirm(kind)
    del people[:many]


@pytest.mark.django_db(transaction=True)
def test_after_a_year_every_promise_is_kept(year):
    found = {one.promise.id: (one.state, one.says) for one in promises.verify().findings}
    assert {id: told for id, told in found.items() if told[0] != "kept"} == {}
    assert PolicyVersion.objects.count() == 3
    assert Subject.objects.filter(state="erased").count() >= 8
    assert set(Request.objects.values_list("state", flat=True)) == {"done"}
    assert Submission.objects.count() > A_MONTH * 6


@pytest.mark.skipif(
    "KEPT_YEAR" not in os.environ, reason="takes an hour; a small site is broken alike"
)
@pytest.mark.django_db(transaction=True)
def test_after_a_year_each_breakage_turns_exactly_its_promise_red(year, living):
    found = {}
    for case in cases():
        with case.apply(living):
            found[case.id] = {
                o.promise.id for o in promises.verify().findings if o.state == "broken"
            }
    assert {id: red for id, red in found.items() if red != {id.partition(":")[0]}} == {}
