"""Stopping: mails at once, every use when it is known who asks, a standstill, and back."""

import pytest

from kept import gate, vault
from kept.keepers.consent import flows as consent
from kept.keepers.consent.models import Consent
from kept.keepers.forms.models import Submission
from kept.keepers.mailings import flows as mailings
from kept.keepers.mailings.models import Subscription
from kept.keepers.rights import flows as rights
from kept.keepers.rights.models import Link, Request
from kept.vault.models import Subject
from tests.posting import USIMPRINTS, changed
from tests.rights.person import ADDRESS, Asker, link_in, to, work

pytestmark = pytest.mark.django_db
RESTRICT = "[rights.restrict]\naccount = true\n\n[rights.erase]"
UNSUBSCRIBE = '[rights.unsubscribe]\nproof = "none"\nwithin = "10 days"\n\n[rights.erase]'


def subscribe(asker):
    both = ["news", "other-information"]
    with gate.purpose("news", actor=gate.Actor("subject", str(asker.subject))):
        mailings.keep(asker.subject, {"email": asker.address}, both, "We send you news.")


def decide(asker, purpose, category="contact.email"):
    person = Subject.objects.get(pk=asker.subject)
    facts = gate.Facts(
        base=0, consented=person.consented, objected=person.objected,
        restricted=person.restricted, ceased=person.ceased,
    )  # fmt: skip
    return gate.in_force().decide(gate.Request(gate.USE, category, purpose), facts).allowed


def test_mails_stop_at_once_and_without_proof(post, zoe):
    post(changed(("[rights.erase]", UNSUBSCRIBE)))
    subscribe(zoe)
    assert zoe.ask("unsubscribe")["Location"] == "/privacy/requests/stopped/"
    assert work() == [], "no mail, no second step"
    assert Request.objects.get().state == "done"
    assert not Link.objects.exists(), "the address is not kept"
    assert not Subscription.objects.exists()
    assert not decide(zoe, "news")
    assert decide(zoe, "answer-inquiry"), "only what nobody has to read stops"


def test_an_unknown_address_is_kept_from_mails_that_would_come_later(post, world):
    post(changed(("[rights.erase]", UNSUBSCRIBE)))
    Asker("nobody@example.org").ask("unsubscribe")
    work()
    for purpose in ("news", "other-information"):
        assert vault.suppressed("contact.email", "nobody@example.org", purpose)
    assert vault.find("email", "nobody@example.org") is None
    assert Request.objects.get().subject is None


def test_asking_to_stop_stops_the_mails_before_any_proof_and_the_rest_after_it(zoe):
    subscribe(zoe)
    zoe.ask("cease")
    asked = to(work(), heading="Was it you?")
    assert "stopped for this address already" in str(asked.body)
    assert not decide(zoe, "news")
    assert decide(zoe, "answer-inquiry"), "nothing else before it is known who asks"
    zoe.browser.post(link_in(asked), {"answer": "yes"})
    told = to(work(), heading="Done")
    assert "Every consent of yours has ended" in str(told.body)
    assert Subject.objects.get(pk=zoe.subject).ceased
    assert not decide(zoe, "answer-inquiry")
    assert not Consent.objects.filter(subject=zoe.subject, withdrawn_at=None).exists()
    row = Submission.objects.get()
    with gate.purpose("answer-inquiry"):
        assert isinstance(row.open("email"), gate.Sealed)
    assert Request.objects.get().state == "done"


def test_a_consent_given_later_allows_its_own_purpose_and_nothing_else(zoe):
    subscribe(zoe)
    zoe.confirm("cease")
    work()
    zoe.inquire(message="One more question.")
    assert Subject.objects.get(pk=zoe.subject).ceased, "the stop stands"
    assert decide(zoe, "answer-inquiry"), "what they agreed to afterwards works"
    assert not decide(zoe, "news")


def test_somebody_who_stopped_us_may_open_an_account_with_a_new_consent(zoe):
    zoe.confirm("cease")
    work()
    zoe.open_account()
    assert zoe.browser.get("/account/profile/").status_code == 200
    assert decide(zoe, "serve-account")
    assert not decide(zoe, "answer-inquiry")


def test_content_keepers_hear_of_every_way_of_withdrawing(zoe):
    subscribe(zoe)
    consent.withdraw(zoe.subject, ["news"])
    assert Subscription.objects.exists(), "the other kind of mail still stands"
    consent.withdraw(zoe.subject, ["other-information"])
    assert not Subscription.objects.exists()


def test_a_listener_that_fails_undoes_the_withdrawal(zoe, monkeypatch):
    def fail(subject, purposes):
        raise RuntimeError

    monkeypatch.setattr(consent, "_listeners", [fail])
    with pytest.raises(RuntimeError):
        consent.withdraw(zoe.subject, ["answer-inquiry"])
    assert decide(zoe, "answer-inquiry")


def test_a_standstill_and_its_end(client_of_ours, post):
    post(changed(("[rights.erase]", RESTRICT)))
    client_of_ours.inquire()
    client_of_ours.in_account("restrict")
    work()
    assert Subject.objects.get(pk=client_of_ours.subject).restricted
    assert not decide(client_of_ours, "answer-inquiry")
    page = client_of_ours.browser.get("/account/data/").content.decode()
    assert "Use your data again" in page
    assert "Keep your data, but do not use it" in page, "what was asked stands there"
    client_of_ours.in_account("unrestrict")
    work()
    assert not Subject.objects.get(pk=client_of_ours.subject).restricted
    assert decide(client_of_ours, "answer-inquiry")


def test_the_same_request_twice_is_one(zoe):
    zoe.ask("cease")
    zoe.ask("cease")
    first, second = (link_in(one) for one in work() if "Was it you" in one.subject)
    zoe.browser.post(first, {"answer": "yes"})
    page = zoe.browser.post(second, {"answer": "yes"})
    assert "under way already" in page.content.decode()
    assert sorted(Request.objects.values_list("state", "outcome")) == [
        ("cancelled", "same"), ("verified", ""),
    ]  # fmt: skip
    assert len([one for one in work() if one.to == [ADDRESS] and "Done" in one.subject]) == 1


def test_withdrawing_shows_what_stands_and_ends_what_is_ticked(zoe):
    subscribe(zoe)
    page = zoe.confirm("withdraw")
    path = page["Location"]
    shown = zoe.browser.get(path).content.decode()
    for says in ("send you news", "other information", "answer your requests"):
        assert says in shown
    assert "checked" not in shown
    done = zoe.browser.post(path, {"purpose": ["news", "sell-it", "answer-inquiry"]})
    assert "It was carried out" in zoe.browser.get(done["Location"]).content.decode()
    assert not decide(zoe, "news")
    assert not decide(zoe, "answer-inquiry")
    assert decide(zoe, "other-information")
    assert zoe.browser.post(path, {"purpose": ["other-information"]}).status_code == 410
    assert decide(zoe, "other-information"), "the link worked once"
    request = Request.objects.get()
    assert (request.state, request.expected, request.reached) == ("done", 2, 2)


def test_a_standstill_outlives_a_deletion_that_was_taken_back(client_of_ours, post):
    """Whichever was asked for first: taking the deletion back takes nothing else back."""
    post(changed(("[rights.erase]", RESTRICT)))
    client_of_ours.in_account("erase")
    work()
    client_of_ours.in_account("restrict")
    work()
    assert rights.cancel(Request.objects.get(kind="erase").pk)
    person = Subject.objects.get(pk=client_of_ours.subject)
    assert person.restricted, "the standstill that they asked for"
    client_of_ours.in_account("unrestrict")
    work()
    person.refresh_from_db()
    assert not person.restricted


def test_ending_a_standstill_does_not_free_what_is_about_to_be_deleted(client_of_ours, post):
    post(changed(("[rights.erase]", RESTRICT)))
    for kind in ("restrict", "erase"):
        client_of_ours.in_account(kind)
        work()
    client_of_ours.in_account("unrestrict")
    mails = work()
    person = Subject.objects.get(pk=client_of_ours.subject)
    assert person.restricted, "until it is destroyed or the deletion is taken back"
    assert "deletion" in str(to(mails, heading="Done").body)
    assert rights.cancel(Request.objects.get(kind="erase").pk)
    person.refresh_from_db()
    assert not person.restricted


def test_ceasing_ends_consents_whose_purpose_left_the_policy_and_may_come_back(post, zoe):
    """What was agreed to under an earlier version is over like the rest, on record and in masks."""
    subscribe(zoe)
    start = USIMPRINTS.index("[purposes.news]")
    clause = USIMPRINTS[start : USIMPRINTS.index("[purposes.", start + 5)]
    named = ('for = ["news", "other-information"]', 'for = ["other-information"]')
    post(changed((clause, ""), named, ('version = "2016-03-16"', 'version = "without news"')))
    zoe.confirm("cease")
    work()
    assert not Consent.objects.filter(subject=zoe.subject, withdrawn_at=None).exists()
    post(changed(('version = "2016-03-16"', 'version = "with news"')))
    assert not decide(zoe, "news")
    zoe.confirm("withdraw")
    assert not Subject.objects.get(pk=zoe.subject).consented
