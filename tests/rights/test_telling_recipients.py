"""Whoever got a person's data hears what became of it, by whatever right it was asked."""

from datetime import timedelta

import pytest

from kept._kit import clock
from kept.keepers.rights import flows
from kept.keepers.rights.models import Request
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing import giving
from kept.keepers.sharing.models import Disclosure, Telling
from tests.rights.person import work
from tests.sharing.giving_world import post, receiver, usimprints, world

__all__ = ["post", "receiver", "usimprints", "world"]
pytestmark = pytest.mark.django_db(transaction=True)
BASE = "https://imprints.example"


@pytest.fixture
def given(world, settings):
    """The affiliate has Zoë's data."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    giving.deliver(sharing.disclose(world.zoe, "sister", "answer-inquiry").disclosure)
    return world


def ask(given, kind):
    asked = flows.ask(kind, channel="account", subject=given.zoe, base=BASE)
    work()
    return asked


def told():
    return list(Telling.objects.values_list("recipient", "change"))


def test_nobody_is_told_before_an_erasure_is_certain(given):
    ask(given, "erase")
    assert told() == []
    with clock.only_for_testing_at(clock.now() + timedelta(days=4)):
        work()
    assert Request.objects.get().state == "done"
    assert told() == [("sister", "erase")]


def test_a_stop_reaches_who_got_it(given):
    ask(given, "cease")
    assert told() == [("sister", "object")]


def test_a_consent_that_is_taken_back_reaches_who_got_it_for_that(given):
    from kept.keepers.rights import fetching

    asked = ask(given, "withdraw")
    assert fetching.take_back(asked.page, ["answer-inquiry"])
    assert told() == [("sister", "object")]


def test_a_correction_reaches_who_got_the_old_value(given):
    from kept import gate
    from kept.keepers.rights import fetching
    from kept.keepers.rights.doing import correcting

    asked = ask(given, "correct")
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(given.zoe))):
        groups = correcting.groups(given.zoe)
        key = next(one.key for one in groups[0].values if one.key.endswith("|name"))
    assert fetching.correct(asked.page, {key: "Zoë Right"})
    (again,) = Disclosure.objects.filter(correction=True)
    assert again.recipient == "sister"
