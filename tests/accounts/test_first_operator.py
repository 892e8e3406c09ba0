"""The first operator: a password told once, good for one thing."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from kept import promises
from kept.keepers.accounts import flows, passwords
from kept.keepers.accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.urls("tests.accounts.urls")


def give(client, one_time, **more):
    name, password = one_time
    return client.post("/account/login/", {"name": name, "password": password, **more})


def replace(client, new, again=None, **more):
    return client.post("/account/password/", {"new": new, "again": again or new, **more})


def test_the_first_operator_is_made_once(one_time):
    assert flows.make_operator() is None
    assert User.objects.filter(is_staff=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_operator():
    promises.adopt()

    def make(_: int) -> object:
        try:
            return flows.make_operator()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = [one for one in pool.map(make, range(4)) if one]
    assert len(made) == 1
    assert User.objects.count() == 1


def test_the_one_time_password_is_long_random_and_stored_as_a_hash_only(one_time):
    assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", one_time[1])
    assert passwords.problems(one_time[1]) == ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kept_accounts_user")
        assert one_time[1] not in str(cursor.fetchall())


def test_it_opens_only_the_page_that_replaces_it(client, one_time):
    response = give(client, one_time)
    assert response["Location"].startswith(reverse("account:password"))
    assert "_auth_user_id" not in client.session
    page = client.get(reverse("console:home"))
    assert page.status_code == 302
    assert page["Location"].startswith("/account/login/")
    assert client.get("/account/password/").status_code == 200


def test_replacing_it_signs_in_and_ends_it(client, one_time):
    give(client, one_time, next="/console/")
    response = replace(client, PASSWORD, next="/console/")
    assert response["Location"] == "/account/factor/?next=%2Fconsole%2F"
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.one_time
    client.post("/account/logout/")
    assert give(client, one_time).status_code == 400


def test_the_one_time_password_itself_is_refused_as_the_new_one(client, one_time):
    give(client, one_time)
    response = replace(client, one_time[1])
    assert response.status_code == 400
    assert User.objects.get().one_time


@pytest.mark.parametrize(
    "new", ["short", "passwordpassword", "usimprints1234567", "operatoroperator"]
)
def test_a_weak_password_is_refused_with_words(client, one_time, new):
    give(client, one_time)
    response = replace(client, new)
    assert response.status_code == 400
    assert "errorlist" in response.content.decode()
    assert User.objects.get().one_time


def test_two_different_spellings_are_refused(client, one_time):
    give(client, one_time)
    assert replace(client, PASSWORD, PASSWORD + "!").status_code == 400


def test_a_password_is_never_rendered_back(client, one_time):
    give(client, one_time)
    response = replace(client, PASSWORD, PASSWORD + "!")
    assert PASSWORD not in response.content.decode()


def test_a_replacement_elsewhere_ends_the_open_page(client, one_time):
    give(client, one_time)
    user = User.objects.get()
    user.set_password("another good long password")
    user.save()
    assert replace(client, PASSWORD).status_code == 302
    assert User.objects.get().check_password("another good long password")


def test_nobody_reaches_the_page_without_a_password(client, one_time):
    assert client.get("/account/password/")["Location"] == "/account/login/"
    assert replace(client, PASSWORD)["Location"] == "/account/login/"


def change(client, current, new):
    return client.post("/account/password/", {"current": current, "new": new, "again": new})


def test_changing_ones_password_needs_the_current_one(client, operator):
    client.force_login(operator)
    assert change(client, "not my password", "another good long password").status_code == 400
    assert change(client, PASSWORD, "another good long password").status_code == 302
    assert User.objects.get().check_password("another good long password")


def test_a_changed_password_ends_every_other_session_and_keeps_this_one(client, operator):
    client.force_login(operator)
    other = type(client)()
    other.force_login(operator)
    change(client, PASSWORD, "another good long password")
    assert client.get("/account/password/").status_code == 200
    assert other.get("/account/password/").status_code == 302


def test_guessing_the_current_password_is_slowed_down(client, operator):
    client.force_login(operator)
    answers = [change(client, f"wrong {n}", "another good long password") for n in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]


def test_a_password_that_was_replaced_or_changed_is_on_record(client, one_time, recorded):
    give(client, one_time)
    replace(client, "short")
    replace(client, PASSWORD)
    change(client, PASSWORD, "another good long password")
    assert [what for what, _ in recorded] == ["password", "signed-in", "password"]
