"""Sessions last as the policy says, end on the server too, and tell nobody's hours (UI-14)."""

from datetime import UTC, datetime, timedelta

import pytest

from kept._kit import clock
from kept.keepers.accounts import sessions, sweeping
from kept.keepers.accounts.models import OpenSession
from kept.policy import prose
from tests.accounts.conftest import PASSWORD as OPERATORS
from tests.accounts.person import Person
from tests.posting import changed, usimprints

__all__ = ["usimprints"]

NOW = datetime(2026, 5, 20, 13, 14, 15, tzinfo=UTC)
LOGGED_IN = 'logged-in = "until log out"'


@pytest.fixture(autouse=True)
def _clock():
    with clock.only_for_testing_at(NOW):
        yield


def test_the_cookie_of_a_login_ends_with_the_browser_and_the_row_with_the_log_out(client_of_ours):
    elsewhere = Person()
    response = elsewhere.sign_in()
    cookie = response.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert OpenSession.objects.count() == 2
    elsewhere.browser.post("/account/logout/")
    assert OpenSession.objects.count() == 1


def test_ends_are_rounded_down_so_that_no_row_tells_an_hour_or_outlives_its_clause(client_of_ours):
    (row,) = OpenSession.objects.all()
    assert row.expire_date == datetime(2026, 6, 19, tzinfo=UTC)
    assert row.expire_date <= NOW + timedelta(days=30)
    assert row.since == NOW.date()


def test_a_visit_without_a_login_ends_within_two_hours(world, operator, client):
    operator.one_time = True
    operator.save()
    client.post("/account/login/", {"name": "operator", "password": OPERATORS})
    (row,) = OpenSession.objects.all()
    assert row.account_id is None
    assert row.expire_date == datetime(2026, 5, 20, 15, tzinfo=UTC)
    with clock.only_for_testing_at(NOW + sessions.VISIT):
        assert client.get("/account/password/")["Location"] == "/account/login/"


def test_a_login_that_is_used_goes_on_and_one_that_is_not_ends(client_of_ours):
    for day in (20, 40, 60):
        with clock.only_for_testing_at(NOW + timedelta(days=day)):
            assert client_of_ours.signed_in()
    (row,) = OpenSession.objects.all()
    assert row.since == NOW.date(), "going on does not change the day on which it began"
    with clock.only_for_testing_at(NOW + timedelta(days=90)):
        assert not client_of_ours.signed_in()


def test_a_policy_that_says_nothing_of_unused_logins_ends_them_within_a_day(client_of_ours, post):
    adopted = post(changed(('unused = "30 days"\n', "")))
    says = prose.document(adopted.posted.policy).sentences
    assert any("ends after one day at the latest" in one.text for one in says)
    fresh = Person()
    fresh.sign_in()
    row = OpenSession.objects.order_by("expire_date").first()
    assert row.expire_date == datetime(2026, 5, 21, 13, tzinfo=UTC)
    with clock.only_for_testing_at(NOW + timedelta(hours=23)):
        assert fresh.signed_in()
    with clock.only_for_testing_at(NOW + timedelta(hours=23 + 24)):
        assert not fresh.signed_in()


def test_the_policy_says_when_a_login_that_nobody_uses_ends(usimprints):
    (sentence,) = (
        one for one in prose.document(usimprints.posted.policy).sentences
        if one.id == "cookies.sessionid"
    )  # fmt: skip
    assert "until you log out" in sentence.text
    assert "A login that nobody uses ends after 30 days at the latest." in sentence.text


def test_using_a_session_writes_it_once_a_day_at_most(client_of_ours, django_assert_num_queries):
    client_of_ours.browser.get("/account/sessions/")
    before = OpenSession.objects.get().expire_date
    client_of_ours.browser.get("/account/sessions/")
    assert OpenSession.objects.get().expire_date == before


def test_a_declared_period_is_kept_to_the_second_in_the_browser(client_of_ours, post):
    post(changed((LOGGED_IN, 'logged-in = "2 days"')))
    response = Person().sign_in()
    assert response.cookies["sessionid"]["max-age"] == 2 * 86_400
    row = OpenSession.objects.order_by("expire_date").first()
    assert row.expire_date == datetime(2026, 5, 22, 14, tzinfo=UTC)


def test_sessions_that_are_over_are_swept(client_of_ours):
    assert sweeping.sweep() == 0
    with clock.only_for_testing_at(NOW + timedelta(days=40)):
        assert sweeping.sweep() >= 1
    assert not OpenSession.objects.exists()


@pytest.mark.parametrize("key", ["x", "a" * 32, "", "é", "\x00", "a" * 5000])
def test_a_session_that_is_not_ours_is_nobodys(world, client, key):
    client.cookies["sessionid"] = key
    assert client.get("/account/").status_code in (302, 400)
    assert not OpenSession.objects.exists()
