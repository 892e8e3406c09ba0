"""No response sets what the policy does not declare, or lets a browser contact another host."""

import asyncio

import pytest
from django.test import AsyncClient
from django.utils.http import http_date

from kept._kit import clock
from tests.cookies import urls
from tests.posting import USIMPRINTS


@pytest.fixture(autouse=True)
def _pages(usimprints, settings):
    settings.ROOT_URLCONF = "tests.cookies.urls"
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}


def test_in_development_an_undeclared_cookie_is_an_error_page_with_the_lines_to_add(
    client, settings
):
    settings.KEPT = {**settings.KEPT, "PRODUCTION": False}
    response = client.get("/")
    assert response.status_code == 500
    assert "[cookies.tracker]" in response.content.decode()
    assert "secret-value" not in response.content.decode()
    assert "tracker" not in response.cookies


def test_an_undeclared_cookie_is_not_set_and_is_reported_without_its_value(client, caplog):
    response = client.get("/")
    assert "tracker" not in response.cookies
    assert "cookie `tracker` was not set" in caplog.text
    assert "[cookies.tracker]" in caplog.text
    assert "secret-value" not in caplog.text


def test_a_declared_cookie_lives_as_long_as_its_clause_says_and_no_script_reads_it(client):
    cookie = client.get("/").cookies["csrftoken"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_lifetime_in_the_clause_shortens_what_code_asked_for(client, post):
    clause = 'shows that a form was sent from our own page"\nlifetime = '
    post(USIMPRINTS.replace(f'{clause}"session"', f'{clause}"2 days"'))
    assert client.get("/").cookies["csrftoken"]["max-age"] == 2 * 86_400


def test_outside_development_every_cookie_is_secure(client):
    assert client.get("/").cookies["csrftoken"]["secure"]


def test_deleting_a_cookie_is_always_let_through(client):
    assert client.get("/gone/").cookies["left-over"]["max-age"] == 0


def test_the_guard_holds_under_asgi_too(transactional_db):
    response = asyncio.run(AsyncClient().get("/async/"))
    assert set(response.cookies) == {"csrftoken"}
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_browser_is_told_to_contact_nobody_else(client):
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not any(word in policy for word in ("unsafe", "http:", "https:", "*"))
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def written(client, which):
    """A view's own `Set-Cookie` header: (what is left of the header, the cookies)."""
    response = client.get(f"/written/{which}/")
    return response.headers.get("Set-Cookie"), response.cookies


def test_a_cookie_written_as_a_header_is_held_to_the_policy_too(client, caplog):
    assert written(client, "undeclared") == (None, {})
    assert "cookie `tracker` was not set" in caplog.text
    assert "secret-value" not in caplog.text
    header, cookies = written(client, "long")
    cookie = cookies["csrftoken"]
    assert header is None
    assert (cookie["max-age"], cookie["expires"], cookie["samesite"]) == ("", "", "Lax")


def test_a_header_that_is_no_cookie_is_not_sent(client, caplog):
    assert written(client, "malformed") == (None, {})
    assert "malformed" in caplog.text


def test_a_date_that_is_over_deletes_a_cookie_however_it_was_written(client):
    assert written(client, "over")[1]["left-over"]["expires"].endswith("1970 00:00:00 GMT")


@pytest.mark.parametrize(("days", "left"), [("1 day", 7200), ("1 hour", 3600)])
def test_a_shorter_life_stays_and_a_longer_one_is_cut(client, post, days, left):
    clause = 'shows that a form was sent from our own page"\nlifetime = '
    text = USIMPRINTS.replace(f'{clause}"session"', f'{clause}"{days}"')
    assert text != USIMPRINTS
    post(text)
    assert written(client, "short")[1]["csrftoken"]["max-age"] == left


def test_a_date_lives_on_as_a_time_and_no_longer_than_it_said(client, post, monkeypatch):
    clause = 'shows that a form was sent from our own page"\nlifetime = '
    post(USIMPRINTS.replace(f'{clause}"session"', f'{clause}"2 days"'))
    at = http_date(clock.now().timestamp() + 3600)
    monkeypatch.setitem(urls.LINES, "hour", f"csrftoken=abc; Expires={at}")
    cookie = written(client, "hour")[1]["csrftoken"]
    assert 3590 <= cookie["max-age"] <= 3600
    assert cookie["expires"] == ""
