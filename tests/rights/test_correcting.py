"""Correcting what is held, by a link or in the account; what cannot be changed says why."""

import pytest

from kept import gate
from kept.keepers.forms.models import Submission
from kept.keepers.rights.models import Request
from kept.ledger.models import Outbox
from tests.rights.person import Asker, to, work

pytestmark = pytest.mark.django_db


def fields(page):
    """What the form holds."""
    form = page.context["form"]
    return {one.name: one.value() or "" for one in form}


def key_of(given, name):
    return next(key for key in given if key.endswith(f"|{name}"))


def values(row):
    with gate.purpose("answer-inquiry"):
        row = Submission.objects.get(pk=row.pk)
        return {name: row.open(name) for name in row.names()}


def test_what_is_held_is_shown_and_what_was_written_is_corrected(zoe):
    row = Submission.objects.get()
    path = zoe.confirm("correct", "My name is spelled wrong.")["Location"]
    page = zoe.browser.get(path)
    shown = page.content.decode()
    assert "My name is spelled wrong." in shown
    assert "It is the record of what you sent us" in shown, "a message is not rewritten"
    assert "It is how we know you" in shown, "the address that finds them"
    given = fields(page)
    assert not [key for key in given if key.endswith(("|message", "|email"))]
    given[key_of(given, "name")] = "Zoë Canary-Right"
    before = Outbox.objects.count()
    done = zoe.browser.post(path, given)
    assert "It was carried out" in zoe.browser.get(done["Location"]).content.decode()
    assert values(row)["name"] == "Zoë Canary-Right"
    assert values(row)["phone"] == "+1 555 0191", "the rest stays"
    assert Outbox.objects.count() > before
    request = Request.objects.get()
    assert (request.state, request.expected, request.reached) == ("done", 1, 1)
    assert "Values that you changed: 1" in str(to(work(), heading="Done").body)


def test_an_invalid_value_stores_nothing_and_stays_on_the_page(zoe):
    row = Submission.objects.get()
    path = zoe.confirm("correct")["Location"]
    given = fields(zoe.browser.get(path))
    given[key_of(given, "phone")] = "call me"
    given[key_of(given, "name")] = "Other"
    page = zoe.browser.post(path, given)
    assert page.status_code == 422
    assert "call me" in page.content.decode()
    assert values(row)["name"] == "Zoë Canary-91be"
    assert Request.objects.get().state == "working"


def test_what_the_page_did_not_offer_is_never_changed(zoe):
    """Other rows, other fields, other people's rows: whatever keys are sent."""
    other = Asker("bea@example.org")
    other.inquire(name="Bea")
    theirs = Submission.objects.exclude(subject=zoe.subject).get()
    row = Submission.objects.get(subject=zoe.subject)
    path = zoe.confirm("correct")["Location"]
    given = fields(zoe.browser.get(path))
    given |= {
        f"kept_forms.Submission|{theirs.pk}|inquiry|name": "Hacked",
        f"kept_forms.Submission|{row.pk}|inquiry|message": "Rewritten",
        f"kept_forms.Submission|{row.pk}|inquiry|email": "evil@example.org",
        "kept_vault.Subject|x|inquiry|state": "erased",
    }
    zoe.browser.post(path, given)
    assert values(theirs)["name"] == "Bea"
    assert values(row)["message"] == "Forty mugs canary-91be, please."
    assert values(row)["email"] == zoe.address


def test_a_fixed_field_is_refused_with_its_reason(client_of_ours):
    path = client_of_ours.in_account("correct")["Location"]
    page = client_of_ours.browser.get(path)
    assert "It cannot be changed: our privacy policy says so." in page.content.decode()
    assert not [key for key in fields(page) if key.endswith("|username")]


def test_a_second_request_leads_to_the_page_of_the_first(zoe):
    first = zoe.confirm("correct")["Location"]
    second = zoe.confirm("correct")["Location"]
    assert first != second
    assert zoe.browser.get(second).status_code == 200
    assert Request.objects.filter(state="working").count() == 1


def test_the_page_opens_for_nobody_without_its_link(zoe):
    path = zoe.confirm("correct")["Location"]
    response = zoe.browser.get(path)
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert zoe.browser.get(path[:-3] + "AA/").status_code == 410
