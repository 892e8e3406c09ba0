"""Rows that are gone for a reason, and states that changed by their flows: nothing is alarmed."""

from datetime import timedelta

import pytest
from django.db import connection

from kept import gate, ledger, vault
from kept._kit import clock
from kept.keepers.consent import flows as consent
from kept.keepers.forms.models import Submission
from kept.keepers.mailings.models import Subscription
from kept.keepers.retention import sweeping
from kept.site import models as site
from kept.site import testimonials
from tests.effects.conftest import STAFF, Filled, findings, submit
from tests.mailings.test_news import NEWS, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_erased_persons_rows_are_not_missed(filled: Filled):
    ledger.sequence_once()
    assert vault.erase(filled.subject).done
    assert Submission.objects.count() == 0
    assert findings() == {}
    ledger.sequence_once()
    ledger.forget(filled.subject)
    assert findings() == {}


def test_what_retention_deleted_is_not_missed_and_one_more_is(filled: Filled, client):
    with clock.only_for_testing_at(clock.now() + timedelta(days=900)):
        typed = {"name": "Dorothea", "email": "dorothea@example.org", "message": "Mugs?"}
        submit(client, "/ask/", **typed, **{"consent-answer-inquiry": "on"})
        assert sweeping.sweep().by_point["inquiry"] >= 2
        assert Submission.objects.count() == 1
        assert findings() == {}
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM kept_forms_submission")
        assert "L030" in findings()


def test_who_ended_mails_is_forgotten_and_not_missed(filled: Filled):
    consent.withdraw(filled.subject, ["news"])
    assert Subscription.objects.count() == 0
    assert findings() == {}


def test_taken_down_and_published_again_is_what_its_events_say(filled: Filled):
    row = site.Testimonial.objects.get().pk
    for verb in (testimonials.refuse, testimonials.publish, testimonials.refuse):
        assert verb(row, STAFF)
        assert findings() == {}


def test_the_rows_of_two_who_are_one_now_have_their_events(filled: Filled, client):
    typed = {"name": "Zoe", "email": "other@example.org", "message": "It is me."}
    submit(client, "/ask/", **typed, **{"consent-answer-inquiry": "on"})
    other = vault.find("email", "other@example.org")
    assert other is not None
    from kept.vault import mergers

    with gate.purpose("answer-inquiry", actor=STAFF):
        mergers.merge(other, filled.subject, by="0" * 32)
    assert Submission.objects.filter(subject=filled.subject).count() == 2
    assert findings() == {}
    ledger.sequence_once()
    assert ledger.check_at_start().findings == []


def test_a_subscription_that_a_merger_drops_is_recorded_and_not_missed(filled: Filled):
    subscribe("other@example.org", NEWS)
    other = vault.find("email", "other@example.org")
    assert other is not None
    assert Subscription.objects.filter(subject=other).count() == 1
    with gate.purpose(gate.MAINTAIN, actor=STAFF):
        vault.merge(other, filled.subject, by="0" * 32)
    assert Subscription.objects.count() == 1
    assert findings() == {}
