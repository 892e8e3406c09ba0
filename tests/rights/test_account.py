"""The account's page: the password proves it, nothing else does; what was asked stands there."""

import pytest

from kept.keepers.consent import flows as consent
from kept.keepers.rights.models import Package, Request
from kept.vault.models import Subject
from tests.rights.person import ADDRESS, PASSWORD, Asker, body, to, unpack, work

pytestmark = pytest.mark.django_db
PAGE = "/account/data/"


def text(response):
    return response.content.decode()


def test_the_page_stands_in_the_navigation_and_needs_a_login(client_of_ours):
    assert f'href="{PAGE}"' in text(client_of_ours.browser.get("/account/"))
    assert client_of_ours.browser.get(PAGE).status_code == 200
    assert Asker("x@example.org").browser.get(PAGE).status_code == 302


def test_a_wrong_password_does_nothing_and_is_counted(client_of_ours):
    for _ in range(4):
        page = client_of_ours.in_account("erase", "wrong")
        assert page.status_code == 403
        assert "The password is not right" in text(page)
    client_of_ours.in_account("erase", "wrong")
    assert client_of_ours.in_account("erase").status_code == 429, "even the right one waits"
    assert not Request.objects.exists()
    assert not Subject.objects.get(pk=client_of_ours.subject).restricted


def test_a_copy_is_asked_for_and_fetched_with_the_password(client_of_ours):
    assert client_of_ours.in_account("access").status_code == 302
    assert "It is taken up" in text(client_of_ours.browser.get(f"{PAGE}?said=asked"))
    work()
    request = Request.objects.get()
    assert (request.state, request.channel) == ("done", "account")
    given = {"verb": "fetch", "request": str(request.pk), "password": "wrong"}
    assert client_of_ours.browser.post(PAGE, given).status_code == 403
    found = unpack(body(client_of_ours.browser.post(PAGE, {**given, "password": PASSWORD})))
    assert ADDRESS.encode() in found["data.json"]
    assert Package.objects.get().fetched


def test_another_persons_request_is_not_found(client_of_ours):
    other = Asker("bea@example.org")
    other.open_account()
    other.in_account("access")
    work()
    id = str(Request.objects.get().pk)
    for verb in ("fetch", "cancel"):
        given = {"verb": verb, "request": id, "password": PASSWORD}
        assert client_of_ours.browser.post(PAGE, given).status_code == 404
    assert Request.objects.get().state == "done"


def test_a_deletion_is_taken_back_in_the_account(client_of_ours):
    client_of_ours.in_account("erase")
    told = work()
    assert "will be deleted" in to(told, heading="will be deleted").subject
    page = text(client_of_ours.browser.get(PAGE))
    assert "Your data is not used any more" in page
    assert "Take it back" in page
    given = {"verb": "cancel", "request": str(Request.objects.get().pk)}
    assert client_of_ours.browser.post(PAGE, given)["Location"] == f"{PAGE}?said=cancelled"
    assert Request.objects.get().state == "cancelled"
    assert not Subject.objects.get(pk=client_of_ours.subject).restricted
    again = client_of_ours.browser.post(PAGE, given)
    assert again["Location"] == f"{PAGE}?said=late"


def test_asking_twice_says_that_it_is_under_way(client_of_ours):
    client_of_ours.in_account("erase")
    again = client_of_ours.in_account("erase")
    assert again["Location"] == f"{PAGE}?said=same"
    assert Request.objects.filter(outcome="same").count() == 1


def test_every_consent_stands_there_with_its_words_and_its_end(client_of_ours):
    consent.withdraw(client_of_ours.subject, ["transaction"])
    page = text(client_of_ours.browser.get(PAGE))
    assert "run your client account" in page
    assert "taken back on" in page
    assert "The words that were shown" in page


def test_what_is_not_offered_cannot_be_asked(client_of_ours):
    for kind in ("restrict", "unrestrict", "nonsense", ""):
        assert client_of_ours.in_account(kind).status_code == 404
    assert client_of_ours.browser.post(PAGE, {"verb": "x"}).status_code == 404
    assert not Request.objects.exists()


def test_nothing_is_cached(client_of_ours):
    assert "no-store" in client_of_ours.browser.get(PAGE)["Cache-Control"]
