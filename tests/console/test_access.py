"""The console is for staff; GET never acts; nothing of it is cached."""

import pytest
from django.test import Client

from kept.keepers.accounts.models import User
from tests.console.conftest import nobody

NOBODY = "8b6f0f5e-6c1d-4c57-9a0e-3f1a2b4c5d6e"  # fixed: test workers must agree on names
PAGES = (
    "/console/",
    "/console/inbox/",
    f"/console/inbox/{NOBODY}/",
    "/console/mail/",
    "/console/moderation/testimonials/",
    "/mailbox/",
    f"/mailbox/{NOBODY}/",
)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PAGES)
def test_without_a_login_every_page_leads_to_the_sign_in_page(usimprints, client, path):
    for response in (client.get(path), client.post(path, {"verb": "publish"})):
        assert response.status_code == 302
        assert response["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize("path", PAGES)
def test_a_client_of_the_shop_is_told_no(usimprints, operator, desk, path):
    User.objects.update(is_staff=False)
    assert desk.get(path).status_code == 403


@pytest.mark.parametrize("path", [PAGES[0], PAGES[1], PAGES[3], PAGES[4], PAGES[5]])
def test_no_page_is_kept_by_a_cache(usimprints, desk, path):
    assert "no-store" in desk.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", [PAGES[0], PAGES[1], PAGES[3], PAGES[4], PAGES[5]])
def test_every_page_opens_on_an_empty_site(usimprints, desk, path):
    assert desk.get(path).status_code == 200


@pytest.mark.parametrize("path", [PAGES[2], PAGES[6], "/console/inbox/1/", "/console/no/"])
def test_what_is_not_there_is_not_found(usimprints, desk, path):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/console/inbox/?state=nonsense",
        "/console/moderation/testimonials/?state=nonsense",
    ],
)
def test_an_unknown_state_is_not_found(usimprints, desk, path):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", "9" * 5000, "%00"])
def test_an_impossible_page_number_is_a_page_or_a_plain_refusal(inquiry, desk, page):
    response = desk.get(f"/console/inbox/?page={page}")
    assert response.status_code in (200, 400)


def test_the_page_says_only_words_of_its_own(usimprints, desk):
    page = desk.get("/console/?done=<script>alert(1)</script>").content.decode()
    assert "alert(1)" not in page


def test_the_mailbox_is_not_there_where_mails_really_leave(usimprints, desk, settings):
    settings.KEPT = {**settings.KEPT, "MAILBOX": False}
    assert desk.get("/mailbox/").status_code == 404
    assert "/mailbox/" not in desk.get("/console/").content.decode()


@pytest.mark.parametrize("path", ["/console/mail/", "/console/moderation/testimonials/"])
def test_a_verb_needs_a_csrf_token(usimprints, operator, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    assert client.post(path, {"verb": "publish"}).status_code == 403


@pytest.mark.parametrize("verb", ["", "erase", "publish\x00"])
@pytest.mark.parametrize("path", ["/console/mail/", "/console/moderation/testimonials/"])
def test_an_unknown_verb_is_not_found(usimprints, desk, path, verb):
    assert desk.post(path, {"verb": verb, "row": nobody()}).status_code == 404
