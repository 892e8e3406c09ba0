"""Signing in and out through the pages."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kept.keepers.accounts import address, flows, passwords, throttle
from kept.keepers.accounts.models import OpenSession, SignInAttempts, User
from tests.accounts.conftest import PASSWORD
from tests.enrol import enrol
from tests.posting import USIMPRINTS

pytestmark = pytest.mark.urls("tests.accounts.urls")
LOGIN = "/account/login/"


def sign_in(client, name, password, **more):
    return client.post(LOGIN, {"name": name, "password": password, **more})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in_and_staff_set_up_a_second_factor_next(client, operator):
    response = sign_in(client, operator.username, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, reverse("account:factor"))
    assert signed_in(client)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("operator", "a wrong password of mine"),
        ("operator", ""),
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("operator", PASSWORD.upper()),
        ("operator", PASSWORD + " "),
    ],
)
def test_a_wrong_name_or_password_signs_nobody_in(client, operator, name, password):
    response = sign_in(client, name, password)
    assert response.status_code == 400
    assert not signed_in(client)


def test_a_known_and_an_unknown_name_read_the_same(client, operator):
    known = sign_in(client, "operator", "a wrong password of mine")
    unknown = sign_in(client, "nobody", "a wrong password of mine")
    of_text = [
        response.content.decode().replace(name, "NAME").split("csrfmiddlewaretoken")[0]
        + response.content.decode().replace(name, "NAME").split('alert"')[1]
        for response, name in ((known, "operator"), (unknown, "nobody"))
    ]
    assert of_text[0] == of_text[1]
    assert known.status_code == unknown.status_code == 400


@pytest.mark.parametrize("name", ["operator", "nobody", "nobody@example.org", "closed"])
def test_one_hash_is_computed_whatever_the_name(client, operator, monkeypatch, name):
    closed = User(username="closed", display_name="Closed", is_active=False)
    closed.set_password(PASSWORD)
    closed.save()
    hashed = []
    monkeypatch.setattr(
        "django.contrib.auth.hashers.MD5PasswordHasher.encode",
        lambda self, password, salt: hashed.append(password) or f"md5${salt}$0",
    )
    sign_in(client, name, "a wrong password of mine")
    assert len(hashed) == 1


def test_a_closed_account_signs_nobody_in(client, operator):
    User.objects.update(is_active=False)
    assert sign_in(client, operator.username, PASSWORD).status_code == 400


def test_the_same_password_in_another_unicode_spelling_signs_in(client, operator):
    operator.set_password("cafe\u0301 lantern moss orchid")
    operator.save()
    assert sign_in(client, operator.username, "café lantern moss orchid").status_code == 302


def test_the_session_changes_at_sign_in_and_holds_nothing_personal(client, operator):
    client.get(LOGIN)
    sign_in(client, operator.username, PASSWORD)
    session = OpenSession.objects.get()
    assert set(session.get_decoded()) == {
        "_auth_user_id", "_auth_user_backend", "_auth_user_hash",
    }  # fmt: skip
    assert session.get_decoded()["_auth_user_id"] == str(operator.pk)


@pytest.mark.parametrize("name", ["zoe\x00", "x" * 5000, "\ud800", "a\r\nb", "' OR 1=1 --", "@"])
def test_a_malformed_name_is_a_plain_refusal(client, operator, name):
    data = f"name={name}&password={PASSWORD}".encode("utf-8", "surrogatepass")
    response = client.post(LOGIN, data, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert not signed_in(client)


def test_a_password_above_the_limit_is_refused_before_it_is_hashed(client, operator):
    assert sign_in(client, "operator", "x" * (passwords.LONGEST + 1)).status_code == 400


def test_without_a_csrf_token_nothing_happens(operator):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, operator.username, PASSWORD).status_code == 403
    assert not signed_in(client)


def test_a_form_that_is_open_never_comes_from_a_cache(client, operator):
    assert "no-store" in client.get(LOGIN)["Cache-Control"]
    assert client.get(LOGIN).status_code == 200


def test_somebody_signed_in_goes_on_from_the_sign_in_page(client, operator):
    enrol(operator)
    client.force_login(operator)
    assert client.get(LOGIN)["Location"] == reverse("console:home")


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/privacy/", "/privacy/"),
        ("https://evil.example/", "/account/"),
        ("//evil.example/", "/account/"),
        ("javascript:alert(1)", "/account/"),
        ("/\\evil.example", "/account/"),
    ],
)
def test_signing_in_leads_to_pages_of_this_site_only(client, operator, wanted, location):
    User.objects.update(is_staff=False)
    response = sign_in(client, operator.username, PASSWORD, next=wanted)
    assert response["Location"] == location


def test_guessing_one_name_is_slowed_down_with_the_right_password_too(client, operator):
    for _ in range(throttle.FREE):
        assert sign_in(client, "operator", "a wrong password of mine").status_code == 400
    response = sign_in(client, "operator", PASSWORD)
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1
    assert not signed_in(client)


def test_guessing_many_names_from_one_address_is_slowed_down(client, operator, monkeypatch):
    monkeypatch.setattr(flows, "_brake", address.Brake(limit=3))
    answers = [sign_in(client, f"nobody{n}", "a wrong password").status_code for n in range(4)]
    assert answers == [400, 400, 400, 429]
    assert sign_in(client, "operator", PASSWORD, REMOTE_ADDR="x").status_code == 429


def test_signing_in_forgets_the_failures_before_it(client, operator):
    sign_in(client, "operator", "a wrong password of mine")
    sign_in(client, "operator", PASSWORD)
    assert not SignInAttempts.objects.exists()


def test_no_address_and_no_name_of_an_attempt_is_stored(client, operator):
    client.post(
        LOGIN, {"name": "zoe@canary.example", "password": "wrong"}, REMOTE_ADDR="203.0.113.99"
    )
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            assert "203.0.113.99" not in rows, table
            assert "canary" not in rows, table


def test_signing_out_removes_session_cookie_and_what_the_browser_kept(client, operator):
    client.force_login(operator)
    key = client.session.session_key
    response = client.post("/account/logout/")
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.cookies["sessionid"]["max-age"] == 0
    assert not OpenSession.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert client.get("/account/password/").status_code == 302


def test_signing_out_leaves_a_cookie_that_the_policy_lets_live_longer(client, operator, post):
    choice = '[cookies.cookie-choice]\nsays = "remembers it"\nlifetime = "180 days"\n'
    post(f"{USIMPRINTS}\n{choice}necessary = true\n")
    client.force_login(operator)
    response = client.post("/account/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert response.cookies["sessionid"]["max-age"] == 0


def test_a_get_signs_nobody_out(client, operator):
    client.force_login(operator)
    assert client.get("/account/logout/").status_code == 405
    assert signed_in(client)


def test_signing_out_needs_a_csrf_token(operator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    assert client.post("/account/logout/").status_code == 403
    assert signed_in(client)


def test_a_client_is_told_no_where_only_staff_may_go(client, operator):
    User.objects.update(is_staff=False)
    client.force_login(operator)
    assert client.get("/console/").status_code == 403


def test_a_page_for_staff_is_never_cached(client, operator):
    client.force_login(operator)
    assert "no-store" in client.get("/console/")["Cache-Control"]


def test_signing_in_and_out_is_on_record_and_a_failure_is_not(client, operator, recorded):
    sign_in(client, operator.username, "a wrong password of mine")
    sign_in(client, operator.username, PASSWORD)
    client.post("/account/logout/")
    client.post("/account/logout/")
    who = str(operator.pk)
    assert recorded == [("signed-in", who), ("signed-out", who)]
