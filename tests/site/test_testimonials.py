"""Testimonials: written under their notice, unseen before a person looked, gone on demand."""

from uuid import uuid4

import pytest

from kept import gate, ledger
from kept._kit import ids
from kept.keepers.consent import flows as consent
from kept.keepers.forms import moderation
from kept.site import models, testimonials
from tests.posting import changed
from tests.site.conftest import TYPED, text_of

ADA = gate.Actor("staff", str(uuid4()))


@pytest.fixture
def recorded(monkeypatch):
    """Every event that is recorded, beside being really recorded."""
    events, real = [], ledger.record

    def note(event, subject, *rest):
        events.append((event, subject))
        real(event, subject, *rest)

    monkeypatch.setattr(ledger, "record", note)
    return events


def public(client) -> str:
    response = client.get("/testimonials/")
    assert response.status_code == 200
    return text_of(response)


def test_the_notice_that_others_can_collect_it_comes_before_the_form(usimprints, client):
    page = text_of(client.get("/testimonials/write/"))
    told, form = page.index("everyone can read, copy and keep"), page.index("Your words")
    assert told < page.index("Your testimonial") < page.index("You agree that")
    assert form > 0
    assert page.index("this becomes public") < told


def test_nobody_sees_it_before_it_is_published(write, client):
    row = write()
    assert row.state == moderation.WAITING
    assert "The colors match" not in public(client)
    testimonials.refuse(row.pk, ADA)
    assert "The colors match" not in public(client)


def test_published_words_and_name_are_shown_as_text_and_the_address_never(write, client):
    testimonials.publish(write().pk, ADA)
    page = public(client)
    assert "Even after a <b>year</b>." in page
    assert TYPED["name"] in page
    assert "bea.canary" not in page
    assert b"bea.canary" not in client.get("/testimonials/").content


def test_what_is_taken_down_is_gone(write, client):
    row = write()
    testimonials.publish(row.pk, ADA)
    assert testimonials.refuse(row.pk, ADA)
    assert "The colors match" not in public(client)


def test_consent_taken_back_takes_it_off_the_page_at_once(write, client):
    row = write()
    testimonials.publish(row.pk, ADA)
    consent.withdraw(row.subject_id, purposes=["publish-testimonial"])
    assert "The colors match" not in public(client)
    assert models.Testimonial.objects.get().state == moderation.PUBLISHED


def test_one_persons_withdrawal_leaves_the_others(write, client):
    gone, stays = write(), write(email="cy@example.org", words="Pens write.")
    for row in (gone, stays):
        testimonials.publish(row.pk, ADA)
    consent.withdraw(gone.subject_id, purposes=["publish-testimonial"])
    page = public(client)
    assert "Pens write." in page
    assert "The colors match" not in page


SHOWN = 'shown = ["name", "words"]'
NAME_ONLY = (SHOWN, 'shown = ["name"]')
NOT_GIVEN = ('["identity.name", "communication.comment"]', '["identity.name"]')


@pytest.mark.parametrize("cuts", [[NAME_ONLY], [NAME_ONLY, NOT_GIVEN]])
def test_a_policy_that_no_longer_shows_the_words_hides_them(write, post, client, cuts):
    testimonials.publish(write().pk, ADA)
    assert "The colors match" in public(client)
    post(changed(*cuts))
    assert "The colors match" not in public(client)


def test_a_policy_that_does_not_show_the_name_shows_the_words_without_it(write, post, client):
    testimonials.publish(write().pk, ADA)
    post(changed(('shown = ["name", "words"]', 'shown = ["words"]')))
    page = public(client)
    assert "The colors match" in page
    assert TYPED["name"] not in page


def test_each_verb_is_done_once_and_recorded_under_the_subject(write, recorded):
    row = write()
    recorded.clear()
    assert testimonials.publish(row.pk, ADA)
    assert not testimonials.publish(row.pk, ADA)
    assert testimonials.refuse(row.pk, ADA)
    assert not testimonials.refuse(row.pk, ADA)
    point = {"point": "testimonial", "row": row.pk}
    assert recorded == [
        (ledger.Moderated(outcome="accepted", by=ADA.id, **point), row.subject_id),
        (ledger.Published(state="public", **point), row.subject_id),
        (ledger.Moderated(outcome="refused", by=ADA.id, **point), row.subject_id),
        (ledger.Published(state="taken-down", **point), row.subject_id),
    ]


def test_refusing_what_was_never_public_publishes_nothing(write, recorded):
    row = write()
    recorded.clear()
    testimonials.refuse(row.pk, ADA)
    assert [type(event) for event, _ in recorded] == [ledger.Moderated]


def test_an_unknown_row_is_left_alone(usimprints):
    assert not testimonials.publish(ids.new_id(), ADA)


def test_a_verb_that_cannot_be_recorded_does_not_happen(write, client, monkeypatch):
    row = write()

    def fail(*_):
        raise OSError("no room left")

    monkeypatch.setattr(ledger, "record", fail)
    with pytest.raises(OSError, match="no room left"):
        testimonials.publish(row.pk, ADA)
    assert "The colors match" not in public(client)


def test_a_longer_page_costs_no_more_queries(write, client, django_assert_max_num_queries):
    for number in range(6):
        row = write(email=f"writer{number}@example.org", words=f"Word {number}.")
        testimonials.publish(row.pk, ADA)
    public(client)
    with django_assert_max_num_queries(4):
        page = public(client)
    assert page.count("Word ") == 6


def test_pages_of_twelve_and_a_wrong_page_number_does_no_harm(write, client):
    for number in range(13):
        testimonials.publish(write(words=f"Word {number}.").pk, ADA)
    assert public(client).count("Word ") == 12
    for asked in ("2", "99999", "-1", "x", "%00"):
        assert client.get(f"/testimonials/?page={asked}").status_code in (200, 400)


def test_the_moderators_row_has_everything_and_says_what_is_never_shown(write):
    row = write()
    with gate.purpose("publish-testimonial", actor=ADA):
        shown = dict(testimonials.shown(models.Testimonial.objects.get(pk=row.pk)))
    assert shown["Email address (never shown)"] == TYPED["email"]
    assert shown["Name to show"] == TYPED["name"]
