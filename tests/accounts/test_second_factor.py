"""The second factor: nothing opens for staff without it, and no code is taken twice."""

from datetime import UTC, datetime, timedelta

import pytest

from kept._kit import clock
from kept.keepers.accounts import factors, throttle
from kept.keepers.accounts.models import OpenSession, RecoveryCode, SecondFactor, User
from tests.accounts.conftest import PASSWORD
from tests.enrol import code_of, enrol

NOW = datetime(2026, 5, 20, 12, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _site(world):
    with clock.only_for_testing_at(NOW):
        yield


@pytest.fixture
def secret(operator):
    return enrol(operator)


def sign_in(client):
    return client.post("/account/login/", {"name": "operator", "password": PASSWORD})


def give(client, code):
    return client.post("/account/code/", {"code": code})


def signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "page", ["/console/", "/console/inbox/", "/mailbox/", "/console/news/news/"]
)
def test_nothing_opens_for_staff_without_it(client, operator, page):
    client.force_login(operator)
    response = client.get(page)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/factor/?next=")


def test_it_is_set_up_right_after_the_first_sign_in(client, operator):
    assert sign_in(client)["Location"] == "/account/factor/"
    page = client.get("/account/factor/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = factors.waiting_secret(operator)
    wrong = client.post("/account/factor/", {"verb": "confirm", "code": "000000"})
    assert wrong.status_code == 400
    assert not factors.enrolled(operator)
    right = client.post("/account/factor/", {"verb": "confirm", "code": code_of(secret)})
    assert right.content.decode().count("<li><code>") == factors.CODES
    assert client.get("/console/").status_code == 200
    assert secret not in client.get("/account/factor/").content.decode()


def test_setting_it_up_ends_every_other_session(client, operator):
    other = type(client)()
    sign_in(other)
    sign_in(client)
    secret = factors.waiting_secret(operator)
    client.post("/account/factor/", {"verb": "confirm", "code": code_of(secret)})
    assert client.get("/console/").status_code == 200
    assert other.get("/console/")["Location"].startswith("/account/login/")


def test_a_get_makes_no_secret(client, operator):
    client.force_login(operator)
    client.get("/account/factor/")
    assert not SecondFactor.objects.exists()
    client.post("/account/factor/", {"verb": "begin"})
    assert SecondFactor.objects.exists()


def test_a_password_alone_signs_nobody_in(client, operator, secret):
    assert sign_in(client)["Location"].startswith("/account/code/")
    assert not signed_in(client)
    assert client.get("/console/").status_code == 302
    assert give(client, code_of(secret)).status_code == 302
    assert signed_in(client)


FULL_WIDTH = "\uff11\uff12\uff13\uff14\uff15\uff16"


@pytest.mark.parametrize("code", ["", "000000", "12345", "abc", FULL_WIDTH, "\x00", "9" * 100])
def test_a_wrong_code_signs_nobody_in(client, operator, secret, code):
    sign_in(client)
    assert give(client, code).status_code == 400
    assert not signed_in(client)


def test_a_code_is_taken_once(client, operator, secret):
    sign_in(client)
    give(client, code_of(secret))
    client.post("/account/logout/")
    sign_in(client)
    assert give(client, code_of(secret)).status_code == 400
    with clock.only_for_testing_at(NOW + timedelta(seconds=30)):
        assert give(client, code_of(secret)).status_code == 302


@pytest.mark.parametrize(("steps", "status"), [(-2, 400), (-1, 302), (0, 302), (1, 302), (2, 400)])
def test_a_clock_may_be_off_by_one_step(client, operator, secret, steps, status):
    sign_in(client)
    assert give(client, code_of(secret, steps)).status_code == status


def test_no_code_older_than_the_last_is_taken(client, operator, secret):
    sign_in(client)
    give(client, code_of(secret, 1))
    client.post("/account/logout/")
    sign_in(client)
    assert give(client, code_of(secret, 0)).status_code == 400


def test_guessing_codes_is_slowed_down(client, operator, secret):
    sign_in(client)
    codes = [give(client, f"{n:06}").status_code for n in range(throttle.FREE)]
    assert codes == [400] * throttle.FREE
    assert give(client, code_of(secret)).status_code == 429


def test_a_recovery_code_works_once_and_stands_nowhere(client, operator):
    factors.begin(operator)
    secret = factors.waiting_secret(operator)
    codes = factors.confirm(operator, code_of(secret), None)
    assert len(codes) == RecoveryCode.objects.count() == factors.CODES
    for row in RecoveryCode.objects.all():
        assert row.digest not in codes
    sign_in(client)
    assert give(client, f" {codes[0].upper().replace('-', ' ')} ").status_code == 302
    client.post("/account/logout/")
    sign_in(client)
    assert give(client, codes[0]).status_code == 400
    assert factors.codes_left(operator) == factors.CODES - 1


def test_another_authenticator_takes_a_code_of_the_present_one(client, operator, secret):
    client.force_login(operator)
    wrong = client.post("/account/factor/", {"verb": "replace", "code": "000000"})
    assert wrong.status_code == 400
    client.post("/account/factor/", {"verb": "replace", "code": code_of(secret)})
    assert not factors.enrolled(operator)
    assert factors.waiting_secret(operator) != secret
    assert client.get("/console/").status_code == 302


def test_beginning_anew_does_not_touch_one_that_is_in_use(client, operator, secret):
    client.force_login(operator)
    client.post("/account/factor/", {"verb": "begin"})
    assert factors.enrolled(operator)


def test_the_secret_is_sealed_and_opens_for_its_user_only(operator, secret):
    row = SecondFactor.objects.get()
    assert secret.encode() not in bytes(row.sealed)
    other = User.objects.create_user("second", None, is_staff=True)
    SecondFactor.objects.create(user=other, sealed=row.sealed, confirmed=True)
    with pytest.raises(ValueError, match="another user"):
        factors.take(other, code_of(secret))


def test_the_page_for_the_code_is_for_those_who_gave_a_password(client, operator, secret):
    assert client.get("/account/code/")["Location"] == "/account/login/"
    sign_in(client)
    user = User.objects.get()
    user.set_password("another good long password")
    user.save()
    assert give(client, code_of(secret))["Location"] == "/account/login/"


def test_a_session_that_waits_for_a_code_holds_ids_only(client, operator, secret):
    sign_in(client)
    (row,) = OpenSession.objects.all()
    assert set(row.get_decoded()) == {"kept_second_factor"}
    assert row.account_id is None
