"""Recipients are told what became of what they got, and get nothing more than they need for it."""

import pytest

from kept import ledger, vault
from kept._kit import clock
from kept.keepers.forms.models import Submission
from kept.keepers.sharing import flows, giving, outcomes, telling
from kept.keepers.sharing.flows import disclosing, permissions
from kept.keepers.sharing.models import Disclosure, Reference, Telling
from tests.sharing.giving_world import ZOE, post, receiver, usimprints, world, write

__all__ = ["post", "receiver", "usimprints", "world"]
pytestmark = pytest.mark.django_db
PURPOSE = "answer-inquiry"


@pytest.fixture
def given(world):
    """The affiliate has Zoë's data."""
    outcome = flows.disclose(world.zoe, "sister", PURPOSE)
    giving.deliver(outcome.disclosure)
    return world


def told(world):
    """Let the jobs run that tell; the events that the recipient got after the first."""
    for id in Telling.objects.filter(state="waiting").values_list("pk", flat=True):
        assert telling.deliver(id) == outcomes.Sent()
    return [one.event for one in world.receiver.got[1:]]


def test_an_erasure_tells_who_got_data_their_own_reference_and_nothing_else(given):
    token = Reference.objects.get(recipient="sister").token
    assert flows.propagate(given.zoe, "erase").recipients == ("sister",)
    (event,) = told(given)
    assert event["type"] == "person.erase"
    assert event["data"] == {"reference": token, "from": "USimprints"}
    assert given.receiver.got[0].event["data"]["reference"] == token


def test_who_got_nothing_is_told_nothing(world):
    assert flows.propagate(world.zoe, "erase").recipients == ()
    assert not Telling.objects.exists()


@pytest.mark.parametrize("then", ["waits", "is given up"])
@pytest.mark.parametrize("change", ["erase", "object"])
def test_who_may_have_got_it_without_saying_so_is_told_too(world, then, change):
    """A server that fails may have read and stored what it got before it did."""
    world.receiver.answers += [(500, {})]
    row = flows.disclose(world.zoe, "sister", PURPOSE)
    assert isinstance(giving.deliver(row.disclosure), outcomes.Later)
    if then == "is given up":
        Disclosure.objects.update(state="failed")
        assert disclosing.give_up(row.disclosure)
        (line,) = disclosing.disclosures(world.zoe)
        assert (line.purpose, line.sure) == (PURPOSE, False)
    token = world.receiver.got[0].event["data"]["reference"]
    assert flows.propagate(world.zoe, change, purposes=[PURPOSE]).recipients == ("sister",)
    (event,) = told(world)
    assert (event["type"], event["data"]["reference"]) == (f"person.{change}", token)


@pytest.mark.parametrize("sent", [0, 1])
def test_what_is_denied_and_given_up_stays_only_where_it_was_sent_before(world, sent):
    world.receiver.answers += [(500, {})] * sent
    row = flows.disclose(world.zoe, "sister", PURPOSE).disclosure
    if sent:
        assert isinstance(giving.deliver(row), outcomes.Later)
        Disclosure.objects.update(due_at=clock.now())
    vault.set_choices(world.zoe, withdraw=[PURPOSE])
    assert isinstance(giving.deliver(row), outcomes.Denied)
    assert disclosing.give_up(row)
    assert [one.sure for one in disclosing.disclosures(world.zoe)] == [False] * sent
    assert Disclosure.objects.count() == sent


def test_of_a_file_that_nobody_took_nobody_is_told(world, settings):
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {}}
    giving.deliver(flows.disclose(world.zoe, "sister", PURPOSE).disclosure)
    assert Disclosure.objects.get().state == "ready"
    assert flows.propagate(world.zoe, "erase").recipients == ()


@pytest.mark.django_db(transaction=True)
def test_the_telling_outlives_the_person_and_names_nobody_once_it_is_done(given):
    flows.propagate(given.zoe, "erase")
    assert vault.erase(given.zoe).done
    assert not Disclosure.objects.exists()
    assert not Reference.objects.exists()
    assert len(told(given)) == 1
    assert Telling.objects.get().reference == ""


def test_it_stands_on_record_per_recipient(given, monkeypatch):
    seen = []
    monkeypatch.setattr(ledger, "record", lambda event, *_, **__: seen.append(event))
    monkeypatch.setattr("kept.ledger.flows._require", lambda *_: None)
    flows.propagate(given.zoe, "erase")
    told(given)
    assert seen == [ledger.Told(recipient="sister", change="erase")]


def test_what_did_not_leave_yet_does_not_leave_any_more(given):
    waiting = flows.disclose(given.zoe, "sister", PURPOSE, points=["inquiry"])
    flows.propagate(given.zoe, "erase")
    assert giving.deliver(waiting.disclosure) == outcomes.Nothing()
    assert len(given.receiver.got) == 1


def test_a_correction_is_given_to_who_got_the_old_value(given):
    from kept import gate

    row = Submission.objects.get()
    with gate.purpose(PURPOSE):
        row.put("phone", "contact.phone", "+1 555 0199")
        row.save()
    assert flows.propagate(given.zoe, "correct", categories=["contact.phone"]).recipients
    (new,) = Disclosure.objects.filter(correction=True)
    assert giving.deliver(new.pk) == outcomes.Sent()
    event = given.receiver.got[1].event
    assert event["type"] == "data.corrected"
    assert event["data"]["reference"] == given.receiver.got[0].event["data"]["reference"]
    first, second = (one.event["data"]["records"][0] for one in given.receiver.got)
    assert first["record"] == second["record"]
    assert second["values"]["phone"]["value"] == "+1 555 0199"


def test_a_correction_of_something_else_is_nobodys_business(given):
    assert flows.propagate(given.zoe, "correct", categories=["contact.email"]).recipients == ()
    assert Disclosure.objects.count() == 1


def test_where_the_new_value_may_not_be_given_they_are_told_that_theirs_is_old(given):
    vault.set_choices(given.zoe, withdraw=[PURPOSE])
    assert flows.propagate(given.zoe, "correct").recipients == ("sister",)
    (event,) = told(given)
    assert event["type"] == "person.correct"
    assert set(event["data"]) == {"reference", "from"}


def test_taking_a_yes_back_tells_that_recipient(world):
    row = Disclosure.objects.get(pk=flows.disclose(world.zoe, "carrier", PURPOSE).disclosure)
    found = permissions.of(world.zoe, "carrier", PURPOSE)
    permissions.answer(found.pk, yes=True, seen=found.shown_id)
    giving.deliver(row.pk)
    permissions.answer(found.pk, yes=False, seen=found.shown_id)
    (event,) = told(world)
    assert event["type"] == "person.object"
    assert event["data"]["purposes"] == [PURPOSE]


def test_a_recipient_that_is_down_is_told_later_and_the_operator_sees_who_was_not(given):
    given.receiver.answers += [(503, {})]
    flows.propagate(given.zoe, "erase")
    row = Telling.objects.get()
    assert isinstance(telling.deliver(row.pk), outcomes.Later)
    Telling.objects.update(state="failed", due_at=clock.now())
    assert [one.pk for one in disclosing.untold()] == [row.pk]
    assert disclosing.try_again(row.pk)
    assert telling.deliver(row.pk) == outcomes.Sent()
    assert not disclosing.untold().exists()


def test_a_recipient_that_nothing_reaches_is_told_by_a_person(given, settings):
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {}}
    flows.propagate(given.zoe, "erase")
    row = Telling.objects.get()
    assert row.state == "by-hand"
    assert telling.told_by_hand(row.pk)
    assert not telling.told_by_hand(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reference) == ("told", "")


def test_two_people_who_are_one_are_told_under_both_references(given):
    write("/ask/", {**ZOE, "email": "zoe.work@example.org"})
    other = vault.find("email", "zoe.work@example.org")
    giving.deliver(flows.disclose(other, "sister", PURPOSE).disclosure)
    tokens = {*Reference.objects.values_list("token", flat=True)}
    Reference.objects.filter(subject=other).update(subject=given.zoe)
    flows.propagate(given.zoe, "erase")
    for id in Telling.objects.values_list("pk", flat=True):
        telling.deliver(id)
    said = [one.event["data"]["reference"] for one in given.receiver.got[2:]]
    assert {*said} == tokens
    assert len(tokens) == 2


def test_no_canary_stands_in_the_tables_of_what_was_given(given):
    """Of data that left, the tables keep who, what kind, when: never a value."""
    from django.core import serializers

    rows = [*Disclosure.objects.all(), *Reference.objects.all(), *Telling.objects.all()]
    text = serializers.serialize("json", rows)
    assert "canary" not in text.lower()
    assert ZOE["phone"] not in text
