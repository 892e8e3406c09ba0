"""Data goes to declared recipients, what their clause names and nothing else, each act recorded."""

import json

import pytest
from django.core.management import call_command

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.keepers.forms.models import Submission
from kept.keepers.sharing import flows, giving, outcomes, queueing, ways
from kept.keepers.sharing.flows import disclosing, permissions
from kept.keepers.sharing.models import Disclosure, Permission
from kept.vault.models import SealedFile
from tests.sharing.giving_world import POLICY, ZOE, post, receiver, usimprints, world, write

__all__ = ["post", "receiver", "usimprints", "world"]
pytestmark = pytest.mark.django_db
PURPOSE = "answer-inquiry"


@pytest.fixture
def recorded(monkeypatch):
    """The events that were recorded, in order."""
    seen = []
    real = ledger.record

    def note(event, *rest, **named):
        seen.append(event)
        return real(event, *rest, **named)

    monkeypatch.setattr(ledger, "record", note)
    return seen


def give(world, recipient="sister", **more):
    """Ask for it and let the job run."""
    outcome = flows.disclose(world.zoe, recipient, PURPOSE, **more)
    assert isinstance(outcome, outcomes.Accepted), outcome
    return Disclosure.objects.get(pk=outcome.disclosure)


def agree(row):
    found = permissions.of(row.subject_id, row.recipient, row.purpose)
    assert permissions.answer(found.pk, yes=True, seen=found.shown_id)


def test_an_affiliate_gets_the_declared_fields_and_nothing_else(world, recorded):
    row = give(world)
    assert giving.deliver(row.pk) == outcomes.Sent()
    (got,) = world.receiver.got
    assert got.path == "/hook?team=7"
    values = [record["values"] for record in got.event["data"]["records"]]
    assert values == [
        {
            "name": {"category": "identity.name", "value": ZOE["name"]},
            "phone": {"category": "contact.phone", "value": ZOE["phone"]},
        }
    ]
    assert ZOE["email"] not in got.body.decode()
    assert "mugs" not in got.body.decode()
    assert str(world.zoe) not in got.body.decode()
    (sent,) = [one for one in recorded if isinstance(one, ledger.Sent)]
    assert (sent.recipient, sent.purpose, sent.row) == ("sister", PURPOSE, row.pk)
    assert sent.categories == ("contact.phone", "identity.name")


def test_the_event_is_signed_as_standard_webhooks_say(world):
    giving.deliver(give(world).pk)
    (got,) = world.receiver.got
    assert got.is_signed_with(world.secrets["sister"])
    assert not got.is_signed_with(world.secrets["carrier"])
    assert got.event["type"] == "data.disclosed"


def test_while_a_secret_is_exchanged_both_are_signed_with(world):
    new = ways.make_key("sister")
    giving.deliver(give(world).pk)
    (got,) = world.receiver.got
    assert got.is_signed_with(new)
    assert got.is_signed_with(world.secrets["sister"])


def test_a_vendor_gets_nothing_before_the_person_said_yes(world, recorded):
    row = give(world, "carrier")
    assert row.state == "asking"
    assert giving.deliver(row.pk) == outcomes.Nothing()
    assert world.receiver.got == []
    agree(row)
    assert giving.deliver(row.pk) == outcomes.Sent()
    (got,) = world.receiver.got
    assert set(got.event["data"]["records"][0]["values"]) == {"name", "email"}
    (given,) = [one for one in recorded if isinstance(one, ledger.Consented)]
    assert given.purposes == (PURPOSE,)


def test_a_no_is_a_no_and_is_not_asked_again(world):
    row = give(world, "carrier")
    found = permissions.of(world.zoe, "carrier", PURPOSE)
    assert permissions.answer(found.pk, yes=False, seen=found.shown_id)
    row.refresh_from_db()
    assert row.state == "denied"
    assert isinstance(flows.disclose(world.zoe, "carrier", PURPOSE), outcomes.Denied)
    assert permissions.of(world.zoe, "carrier", PURPOSE).state == Permission.State.REFUSED


def test_a_yes_that_is_taken_back_before_the_job_ran_stops_it(world):
    row = give(world, "carrier")
    agree(row)
    found = permissions.of(world.zoe, "carrier", PURPOSE)
    assert permissions.answer(found.pk, yes=False, seen=found.shown_id)
    assert isinstance(giving.deliver(row.pk), outcomes.Denied | outcomes.Nothing)
    assert world.receiver.got == []


def test_an_answer_to_another_question_than_the_one_shown_does_not_count(world):
    row = give(world, "carrier")
    found = permissions.of(world.zoe, "carrier", PURPOSE)
    assert not permissions.answer(found.pk, yes=True, seen="0" * 64)
    row.refresh_from_db()
    assert row.state == "asking"


def test_a_yes_covers_what_was_named_and_nothing_that_is_added_later(world, post):
    agree(give(world, "carrier"))
    post(POLICY.replace('"contact.email"]\nhosts', '"contact.email", "contact.phone"]\nhosts'))
    write("/ask/", ZOE)  # what came in before stands under the earlier version, yes or no
    preview = flows.preview(world.zoe, "carrier", PURPOSE)
    assert preview.gives == ("contact.email", "identity.name")
    assert [one.category for one in preview.lines if one.asks] == ["contact.phone"]


def test_consent_withdrawn_between_asking_and_sending_stops_it(world):
    row = give(world)
    vault.set_choices(world.zoe, withdraw=[PURPOSE])
    assert isinstance(giving.deliver(row.pk), outcomes.Denied)
    assert world.receiver.got == []
    row.refresh_from_db()
    assert (row.state, row.failure) == ("denied", f"purposes.{PURPOSE}")


def test_nobody_gets_data_whom_the_policy_does_not_name(world):
    with pytest.raises(KeptError, match="S011"):
        flows.disclose(world.zoe, "broker", PURPOSE)
    with pytest.raises(KeptError, match="S011"):
        flows.disclose(world.zoe, "public", PURPOSE)


def test_a_recipient_gets_nothing_for_another_purpose(world):
    outcome = flows.disclose(world.zoe, "sister", "news")
    assert isinstance(outcome, outcomes.Denied | outcomes.NothingHeld)


@pytest.mark.parametrize("occasion", ["ordinary", "legal process"])
def test_what_is_never_done_is_not_done_on_any_occasion(world, post, occasion):
    """[never] beats the clause of the recipient and its occasion."""
    ban = '\n[never.names]\ncategory = "identity.name"\noperation = "share"\n'
    post(POLICY + ban)
    recipient = "court" if occasion != "ordinary" else "sister"
    preview = flows.preview(world.zoe, recipient, PURPOSE, occasion=occasion)
    assert "identity.name" not in preview.gives
    denied = [one for one in preview.lines if one.category == "identity.name"]
    assert {hit.clause for one in denied for hit in one.decision.rules} == {"never.names"}


def test_an_order_of_a_court_needs_two_people_and_is_handed_over_as_a_sealed_file(world, recorded):
    with pytest.raises(KeptError, match="S018"):
        flows.disclose(world.zoe, "court", PURPOSE, occasion="legal process")
    row = give(world, "court", occasion="legal process", by="ann")
    assert row.state == "approval"
    assert giving.deliver(row.pk) == outcomes.Nothing()
    with pytest.raises(KeptError, match="S017"):
        disclosing.approve(row.pk, "ann")
    assert disclosing.approve(row.pk, "bea")
    assert giving.deliver(row.pk) == outcomes.Ready()
    assert not [one for one in recorded if isinstance(one, ledger.Sent)]
    handed = giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    assert (
        ZOE["message"]
        in json.loads(handed.content)["data"]["records"][0]["values"]["message"]["value"]
    )
    (sent,) = [one for one in recorded if isinstance(one, ledger.Sent)]
    assert sent.recipient == "court"
    again = giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    assert again.content == handed.content
    assert len([one for one in recorded if isinstance(one, ledger.Sent)]) == 1


def test_the_file_stands_sealed_on_disk(world, settings):
    row = give(world, "court", occasion="legal process", by="ann")
    disclosing.approve(row.pk, "bea")
    giving.deliver(row.pk)
    files = [one for one in (settings.KEPT["DATA"] / "files").rglob("*") if one.is_file()]
    assert files
    assert not any(b"canary-5c2e" in one.read_bytes() for one in files)


def ready(world):
    """A file that waits to be handed over to the affiliate."""
    row = give(world, channel="file")
    assert giving.deliver(row.pk) == outcomes.Ready()
    return row


def values(handed):
    """What a file says, by name."""
    (record,) = json.loads(handed.content)["data"]["records"]
    return {name: one["value"] for name, one in record["values"].items()}


def test_a_file_that_waited_says_what_was_corrected_meanwhile(world):
    row = ready(world)
    old = Disclosure.objects.get(pk=row.pk).file_id
    sent = Submission.objects.get()
    with gate.purpose(PURPOSE):
        sent.put("phone", "contact.phone", "+1 555 0199")
        sent.save()
    handed = giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    assert values(handed)["phone"] == "+1 555 0199"
    assert list(SealedFile.objects.values_list("pk")) != [(old,)]
    assert SealedFile.objects.count() == 1
    assert giving.hand_over(row.pk, gate.Actor("staff", "bea")).content == handed.content


def test_a_file_that_waited_does_not_say_what_is_denied_meanwhile(world, post, recorded):
    row = ready(world)
    post(POLICY + '\n[never.names]\ncategory = "identity.name"\noperation = "share"\n')
    handed = giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    assert set(values(handed)) == {"phone"}
    (sent,) = [one for one in recorded if isinstance(one, ledger.Sent)]
    assert sent.categories == ("contact.phone",)


@pytest.mark.parametrize("what", ["everything", "one kind"])
def test_a_file_that_left_is_not_taken_again_once_something_in_it_is_denied(world, post, what):
    row = ready(world)
    assert giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    if what == "everything":
        vault.set_choices(world.zoe, withdraw=[PURPOSE])
    else:
        post(POLICY + '\n[never.phones]\ncategory = "contact.phone"\noperation = "share"\n')
    assert isinstance(giving.hand_over(row.pk, gate.Actor("staff", "bea")), outcomes.Denied)


def test_a_file_that_waited_is_not_handed_over_once_nothing_is_held(world, recorded):
    row = ready(world)
    Submission.objects.all().delete()
    outcome = giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    assert outcome == outcomes.NothingHeld()
    assert not [one for one in recorded if isinstance(one, ledger.Sent)]


def test_an_occasion_that_the_policy_does_not_name_is_refused(world):
    with pytest.raises(KeptError, match="S016"):
        flows.disclose(world.zoe, "sister", PURPOSE, occasion="merger", by="ann")


def test_people_are_told_of_what_left_on_an_occasion(world, server):
    row = give(world, "court", occasion="legal process", by="ann")
    disclosing.approve(row.pk, "bea")
    giving.deliver(row.pk)
    assert disclosing.tell_people() == 0
    giving.hand_over(row.pk, gate.Actor("staff", "bea"))
    assert disclosing.tell_people() == 1
    assert disclosing.tell_people() == 0


def test_the_same_asked_for_twice_is_given_once(world):
    first = flows.disclose(world.zoe, "sister", PURPOSE, once="order-7")
    second = flows.disclose(world.zoe, "sister", PURPOSE, once="order-7")
    assert second == outcomes.Twice(first.disclosure)
    assert Disclosure.objects.count() == 1


def test_a_recipient_that_is_down_is_tried_again_under_the_same_id(world):
    world.receiver.answers += [(500, {}), (204, {})]
    row = give(world)
    assert giving.deliver(row.pk) == outcomes.Later("HTTP 500", queueing.PAUSES[0])
    Disclosure.objects.filter(pk=row.pk).update(due_at="2020-01-01T00:00:00Z")
    assert giving.deliver(row.pk) == outcomes.Sent()
    ids = [one.headers["webhook-id"] for one in world.receiver.got]
    assert ids == [str(row.pk)] * 2


def test_a_redirect_is_not_followed(world):
    elsewhere = {"Location": f"https://127.0.0.1:{world.receiver.port}/elsewhere"}
    world.receiver.answers += [(307, elsewhere)]
    row = give(world)
    assert giving.deliver(row.pk) == outcomes.Failed("redirect 307, not followed")
    assert [one.path for one in world.receiver.got] == ["/hook?team=7"]


def test_what_failed_for_good_is_shown_until_a_person_tries_it_again(world):
    world.receiver.answers += [(410, {})]
    row = give(world)
    assert giving.deliver(row.pk) == outcomes.Failed("HTTP 410")
    assert [one.pk for one in disclosing.problems()] == [row.pk]
    assert disclosing.try_again(row.pk)
    assert giving.deliver(row.pk) == outcomes.Sent()
    assert not disclosing.problems().exists()


def test_a_server_with_another_certificate_gets_nothing(world, settings):
    way = {"webhook": world.receiver.url}
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {"sister": way}}
    outcome = giving.deliver(give(world).pk)
    assert isinstance(outcome, outcomes.Later)
    assert outcome.failure == "SSLCertVerificationError"
    assert world.receiver.got == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/x", "https://elsewhere.example.org/x", "https://me:pw@127.0.0.1/", "x"],
)
def test_a_webhook_is_https_at_a_declared_host(world, settings, target):
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {"sister": {"webhook": target}}}
    with pytest.raises(KeptError, match="S013"):
        flows.disclose(world.zoe, "sister", PURPOSE)


def test_two_recipients_cannot_lay_their_records_side_by_side(world):
    giving.deliver(give(world).pk)
    row = give(world, "carrier")
    agree(row)
    giving.deliver(row.pk)
    first, second = (one.event["data"] for one in world.receiver.got)
    assert first["reference"] != second["reference"]
    assert first["records"][0]["record"] != second["records"][0]["record"]


def test_by_mail_one_message_goes_to_the_recipients_one_address(world, server, settings):
    way = {"sister": {"mail": "desk@sister.example"}}
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": way}
    row = give(world)
    assert giving.deliver(row.pk) == outcomes.Sent()
    (envelope,) = server.taken
    assert envelope.rcpt_tos == ["desk@sister.example"]
    assert ZOE["name"] in envelope.content.decode()
    assert ZOE["email"] not in envelope.content.decode()
    head = envelope.content.decode().partition("\r\n\r\n")[0]
    assert "canary-5c2e" not in head


def test_a_person_sees_who_got_what(world):
    assert flows.disclosures(world.zoe) == []
    giving.deliver(give(world).pk)
    (one,) = flows.disclosures(world.zoe)
    assert (one.recipient, one.purpose) == ("our sister company", PURPOSE)
    assert one.categories == ("contact.phone", "identity.name")


def test_a_dry_run_opens_stores_and_sends_nothing(world, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something was opened")

    monkeypatch.setattr("kept.vault.codec.open", refuse)
    found = flows.preview(world.zoe, "sister", PURPOSE)
    assert found.gives == ("contact.phone", "identity.name")
    assert (found.channel, found.permission) == ("webhook", "not needed")
    assert not Disclosure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_by_the_job_worker(world):
    flows.disclose(world.zoe, "sister", PURPOSE)
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    assert len(world.receiver.got) == 1
    assert Disclosure.objects.get().state == "sent"
