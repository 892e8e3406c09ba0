"""Staff who lost their authenticator are helped without anybody getting into their account."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from kept import ledger
from kept._kit.errors import KeptError
from kept.cli import _project, account
from kept.keepers.accounts import factors, staff
from kept.keepers.accounts.models import OpenSession, User
from tests.enrol import code_of, enrol

PASSWORD = "kayak lantern moss orchid"


@pytest.fixture
def told(monkeypatch):
    """What is recorded about accounts."""
    seen = []
    real = ledger.record

    def note(event, subject, *rest, **named):
        if isinstance(event, ledger.Account):
            seen.append(event)
        return real(event, subject, *rest, **named)

    monkeypatch.setattr(ledger, "record", note)
    return seen


@pytest.fixture
def ada(world):
    """A member of staff with a second factor: the account and its secret."""
    user = User.objects.create_user("ada", PASSWORD, is_staff=True)
    return user, enrol(user)


@pytest.fixture
def ben(world):
    user = User.objects.create_user("ben", PASSWORD, is_staff=True, display_name="Printing")
    return user, enrol(user)


@pytest.fixture
def kept(monkeypatch):
    """Run `kept account …` in this process."""
    monkeypatch.setattr(_project, "setup", lambda: None)

    def run(*words, typed=None):
        return CliRunner().invoke(account.command, words, input=typed)

    return run


def sign_in(browser, password, name="ada"):
    return browser.post("/account/login/", {"name": name, "password": password})


def test_a_lone_operator_gets_a_one_time_password_and_sets_the_factor_up_anew(ada, told):
    user, _secret = ada
    at_work = Client()
    at_work.force_login(user)
    given = staff.reset("ada", "lost")
    assert at_work.get("/console/").status_code == 302
    assert not OpenSession.objects.exists()
    assert not factors.enrolled(user)
    assert sign_in(Client(), PASSWORD).status_code == 400
    browser = Client()
    assert sign_in(browser, given)["Location"].startswith("/account/password/")
    own = {"new": "seven grey kites over Bergen", "again": "seven grey kites over Bergen"}
    assert browser.post("/account/password/", own)["Location"].startswith("/account/factor/")
    assert browser.get("/console/")["Location"].startswith("/account/factor/")
    reset = next(one for one in told if one.what == "reset")
    assert (reset.account, reset.by, reset.why) == (str(user.pk), None, "lost")


def test_where_there_is_another_with_a_factor_they_have_to_agree_with_a_code(ada, ben, told):
    (user, _), (other, secret) = ada, ben
    for by, code in (("", ""), ("ada", code_of(ada[1])), ("nobody", "1"), ("ben", "000000")):
        with pytest.raises(KeptError, match=r"A00[45]") as raised:
            staff.reset("ada", "lost", by=by, code=code)
        assert raised.value.do
    assert factors.enrolled(user)
    staff.reset("ada", "compromised", by="ben", code=code_of(secret))
    assert not factors.enrolled(user)
    reset = next(one for one in told if one.what == "reset")
    assert (reset.by, reset.why) == (str(other.pk), "compromised")


def test_a_code_agrees_to_one_thing(ada, ben):
    User.objects.create_user("cat", PASSWORD, is_staff=True)
    now = code_of(ben[1])
    staff.reset("ada", "lost", by="ben", code=now)
    with pytest.raises(KeptError, match="A005"):
        staff.reset("cat", "lost", by="ben", code=now)


def test_codes_cannot_be_guessed_on_and_on(ada, ben):
    for _ in range(10):
        with pytest.raises(KeptError, match="A005"):
            staff.reset("ada", "lost", by="ben", code="000000")
    with pytest.raises(KeptError, match="A005"):
        staff.reset("ada", "lost", by="ben", code=code_of(ben[1]))


def test_who_is_shut_signs_in_no_more_and_the_last_one_is_never_shut(ada, ben, told):
    staff.shut("ada", "left", by="ben", code=code_of(ben[1]))
    assert sign_in(Client(), PASSWORD).status_code == 400
    assert [one.active for one in staff.members()] == [False, True]
    with pytest.raises(KeptError, match="A006"):
        staff.shut("ben", "left")
    assert [one.what for one in told][-1] == "shut"


def test_a_client_is_nobody_here(client_of_ours, ada):
    name = client_of_ours.user().username
    with pytest.raises(KeptError, match="A003"):
        staff.reset(name, "lost")
    assert name not in [one.name for one in staff.members()]


@pytest.mark.parametrize(
    "name", ["", "x", "ada", "ADA", "zoe@example.org", "a b", "x" * 61, "a/b", "\x00abc"]
)
def test_names_that_cannot_be(ada, name):
    with pytest.raises(KeptError, match=r"A00[12]"):
        staff.create(name)
    assert User.objects.count() == 1


def test_a_new_member_has_a_password_that_only_opens_its_replacement(world, told):
    given = staff.create("cat", "Packing")
    browser = Client()
    assert sign_in(browser, given, "cat")["Location"].startswith("/account/password/")
    assert browser.get("/console/").status_code == 302
    assert [one.what for one in told] == ["opened"]


def test_the_list_says_who_has_what_and_nothing_personal(ada, ben, kept):
    staff.create("cat")
    lines = kept("list").output.splitlines()
    assert lines == [
        "ada, operator: own password; second factor, 10 recovery codes left",
        "ben (Printing), operator: own password; second factor, 10 recovery codes left",
        "cat, operator: one-time password not replaced yet; no second factor",
    ]
    listed = json.loads(kept("list", "--json").output)
    assert [one["name"] for one in listed] == ["ada", "ben", "cat"]


def test_the_commands_ask_for_the_code_without_echo_and_show_the_password_once(ada, ben, kept):
    done = kept("reset", "ada", "--by", "ben", typed=f"{code_of(ben[1])}\n")
    assert done.exit_code == 0, done.output
    password = next(line for line in done.output.splitlines() if line.startswith("one-time"))
    assert sign_in(Client(), password.split()[-1])["Location"].startswith("/account/password/")
    assert code_of(ben[1]) not in done.output
    assert "It is on record" in done.output
    assert isinstance(kept("reset", "nobody").exception, KeptError)
    made = kept("create", "cat", "--display", "Packing")
    assert "one-time password" in made.output
    assert kept("shut", "cat", "--by", "ben", "--code", code_of(ben[1], 1)).exit_code == 0
    assert "cat (Packing), operator: shut" in kept("list").output
