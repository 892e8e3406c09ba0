"""Consent is recorded with what was shown, changes what the gate says, and ends when withdrawn."""

import pytest

from kept import gate, vault
from kept.keepers.consent import flows
from kept.keepers.consent.models import Consent, ShownText
from kept.ledger.models import Outbox
from kept.vault.models import Subject

NEWS = gate.Request(gate.USE, "contact.email", "news", "news")


@pytest.fixture
def zoe(usimprints) -> Subject:
    return vault.find_or_make("email", "zoe@example.org")


def answer(zoe: Subject) -> gate.Decision:
    now = Subject.objects.get(pk=zoe.pk)
    facts = gate.Facts(base=0, consented=now.consented, objected=now.objected)
    return gate.in_force().decide(NEWS, facts)


def give(zoe: Subject, *purposes: str) -> flows.Given:
    return flows.give(zoe.pk, point="news", purposes=purposes, shown="We send you news.")


def test_without_consent_the_gate_says_what_is_missing(zoe):
    decision = answer(zoe)
    assert not decision.allowed
    assert "[purposes.news]: there is no consent" in decision.explain()


def test_given_consent_lets_the_gate_allow_its_purpose_and_no_other(zoe):
    give(zoe, "news")
    assert answer(zoe).allowed
    other = gate.Request(gate.USE, "contact.email", "other-information", "news")
    person = Subject.objects.get(pk=zoe.pk)
    facts = gate.Facts(base=0, consented=person.consented)
    assert not gate.in_force().decide(other, facts).allowed


def test_it_is_kept_with_version_text_and_point(zoe):
    give(zoe, "news", "other-information")
    rows = Consent.objects.filter(subject=zoe).order_by("purpose")
    assert [row.purpose for row in rows] == ["news", "other-information"]
    assert {row.shown.text for row in rows} == {"We send you news."}
    assert {(row.version, row.point) for row in rows} == {(0, "news")}
    assert Outbox.objects.filter(subject=zoe.pk).count() == 1


def test_the_same_text_is_kept_once(zoe):
    give(zoe, "news")
    give(zoe, "news")
    assert ShownText.objects.count() == 1
    assert Consent.objects.count() == 2


def test_withdrawing_ends_every_consent_to_the_purpose_and_keeps_the_record(zoe):
    give(zoe, "news", "other-information")
    give(zoe, "news")
    assert flows.withdraw(zoe.pk, ["news"]) == 2
    assert not answer(zoe).allowed
    assert [row.purpose for row in flows.standing(zoe.pk)] == ["other-information"]
    assert Consent.objects.filter(purpose="news", withdrawn_at=None).count() == 0
    assert Consent.objects.count() == 3


def test_withdrawing_twice_changes_nothing(zoe):
    give(zoe, "news")
    flows.withdraw(zoe.pk, ["news"])
    before = Outbox.objects.count()
    assert flows.withdraw(zoe.pk, ["news"]) == 0
    assert Outbox.objects.count() == before


def test_an_unknown_purpose_is_refused_and_nothing_is_recorded(zoe):
    with pytest.raises(KeyError):
        give(zoe, "newsletterr")
    assert not Consent.objects.exists()
    assert not Outbox.objects.filter(subject=zoe.pk).exists()
