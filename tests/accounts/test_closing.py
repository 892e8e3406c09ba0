"""Closing an account destroys what was kept until then, leaves the rest, and says both."""

import re

import pytest
from django.db import connection
from django.test import Client

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.keepers.accounts import closing
from kept.keepers.accounts.models import Link, OpenSession, Profile, SecondFactor, User
from kept.keepers.consent import flows as consent
from kept.keepers.forms.models import Submission
from kept.keepers.mailings.models import Subscription
from kept.keepers.orders import flows as orders
from kept.keepers.orders.models import Quote
from kept.vault import closing as vault_closing
from kept.vault.backups import reconciling
from kept.vault.models import Subject
from tests.accounts.person import PASSWORD, TYPED, token_of
from tests.enrol import enrol
from tests.mailings.test_news import NEWS, subscribe

PATH = "/account/close/"


@pytest.fixture
def recorded(monkeypatch):
    """Every event: (event, subject)."""
    seen = []
    real = ledger.record

    def note(event, subject, *rest, **named):
        seen.append((event, subject))
        return real(event, subject, *rest, **named)

    monkeypatch.setattr(ledger, "record", note)
    return seen


def text(response) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def ask_something(person) -> None:
    token = token_of(person.browser.get("/ask/"))
    typed = {"name": "Zoë", "email": TYPED["email"], "message": "Mugs?"}
    done = person.browser.post(
        "/ask/", {"kept-form": token, **typed, "consent-answer-inquiry": "on"}
    )
    assert done["Location"] == "/thanks/"


def close(person, password=PASSWORD):
    return person.browser.post(PATH, {"password": password})


def classes(subject) -> set[str]:
    return set(vault.key_store().keys.classes_of(subject).values())


def test_looking_closes_nothing_and_says_what_goes_and_what_stays(client_of_ours):
    ask_something(client_of_ours)
    page = text(client_of_ours.browser.get(PATH))
    goes, stays = page.index("What is destroyed"), page.index("What stays")
    assert goes < page.index("open a client account") < stays
    assert stays < page.index("send us a request, for 2 years")
    assert User.objects.filter(subject__isnull=False).exists()


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
def test_without_the_right_password_nothing_is_closed(client_of_ours, password):
    assert close(client_of_ours, password).status_code == 400
    assert client_of_ours.signed_in()


def test_guessing_the_password_here_is_braked_too(client_of_ours):
    answers = [close(client_of_ours, "wrong").status_code for _ in range(8)]
    assert answers[0] == 400
    assert answers[-1] == 429


def test_what_was_kept_until_then_is_gone_with_its_key_and_every_session(client_of_ours, recorded):
    user = client_of_ours.user()
    enrol(user)  # ends the browser's session
    who, here, elsewhere = user.person, Client(), Client()
    for browser in (here, elsewhere):
        browser.force_login(User.objects.get(pk=user.pk))
    with gate.purpose("transaction"):
        orders.offer(TYPED["email"], "Forty mugs.", once="1", base="https://example.org")
    assert Quote.objects.exists()
    assert closing.CLASS in classes(who)
    answer = here.post(PATH, {"password": PASSWORD})
    assert answer.status_code == 200
    assert "Your account is closed" in text(answer)
    assert '"cookies"' in answer["Clear-Site-Data"]
    for model in (User, Profile, Quote, OpenSession, SecondFactor, Link):
        assert not model.objects.exists(), model
    assert closing.CLASS not in classes(who)
    for browser in (here, elsewhere):
        assert browser.get("/account/").status_code == 302
    events = [event for event, _ in recorded]
    assert any(isinstance(one, ledger.Account) and one.what == "closed" for one in events)
    assert any(isinstance(one, ledger.KeyDestroyed) for one in events)
    expired = {(one.point, one.model) for one in events if isinstance(one, ledger.Expired)}
    assert expired >= {("account", Profile._meta.label)}
    assert None not in {model for _, model in expired}


def test_what_other_clauses_keep_stays_readable_and_is_said(client_of_ours):
    who = client_of_ours.user().person
    ask_something(client_of_ours)
    subscribe(TYPED["email"], NEWS)
    answer = text(close(client_of_ours))
    assert "send us a request, for 2 years" in answer
    assert "ask for our news" in answer
    with gate.purpose("answer-inquiry"):
        assert Submission.objects.get(subject_id=who).open("message") == "Mugs?"
    assert Subscription.objects.filter(subject_id=who).exists()
    assert vault.find("email", TYPED["email"]) == who


def test_consents_given_in_the_account_end_and_others_stand(client_of_ours):
    who = client_of_ours.user().person
    ask_something(client_of_ours)
    subscribe(TYPED["email"], NEWS)
    close(client_of_ours)
    standing = set(consent.standing(who).values_list("purpose", flat=True))
    assert standing == {"answer-inquiry", "news"}
    now, person = gate.in_force(), Subject.objects.get(pk=who)
    assert not person.consented & now.mask(["serve-account", "transaction"])
    assert person.consented & now.mask(["news"])


def test_the_user_name_is_free_and_the_person_can_open_an_account_anew(client_of_ours, person):
    close(client_of_ours)
    assert vault.standing("identity.username", TYPED["username"]) is None
    person.browser = Client()
    person.register()
    assert person.sign_in().status_code == 302
    assert client_of_ours.signed_in()
    assert "Canary &amp; Daughters" in person.browser.get("/account/profile/").content.decode()


def test_a_sign_in_with_the_old_password_is_refused_as_any_other(client_of_ours):
    close(client_of_ours)
    client_of_ours.browser = Client()
    known = client_of_ours.sign_in()
    unknown = Client().post("/account/login/", {"name": "no@example.org", "password": PASSWORD})
    assert known.status_code == unknown.status_code == 400


def test_staff_have_no_such_page(world):
    user = User.objects.create_user("op", PASSWORD, is_staff=True)
    enrol(user)
    desk = Client()
    desk.force_login(user)
    assert desk.get(PATH).status_code == 403
    assert PATH not in desk.get("/account/").content.decode()


def test_while_a_hold_is_being_placed_nothing_goes_and_that_is_said(client_of_ours, monkeypatch):
    def held(*_, **__):
        raise KeptError(vault_closing.HELD, "a hold is being placed")

    monkeypatch.setattr(vault_closing, "remove", held)
    answer = close(client_of_ours)
    assert answer.status_code == 400
    assert "legal hold" in text(answer)
    assert client_of_ours.signed_in()
    assert OpenSession.objects.exists()


def test_a_crash_between_rows_and_key_leaves_nothing_readable(client_of_ours, monkeypatch):
    who = client_of_ours.user().person

    def crash(*_, **__):
        raise RuntimeError("the machine stops")

    monkeypatch.setattr(vault_closing, "end", crash)
    with pytest.raises(RuntimeError):
        close(client_of_ours)
    assert not User.objects.exists()
    assert closing.CLASS in classes(who)
    monkeypatch.undo()
    assert vault.end_class(who, closing.CLASS) == 1
    assert vault.end_class(who, closing.CLASS) == 0


def test_a_key_that_something_was_sealed_with_meanwhile_stays(client_of_ours):
    who = client_of_ours.user().person
    assert vault.end_class(who, closing.CLASS) == 0
    assert closing.CLASS in classes(who)
    assert client_of_ours.browser.get("/account/profile/").status_code == 200


def rows_of(model) -> tuple[str, list[tuple]]:
    """A table as a copy of the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
        names = ", ".join(f'"{one[0]}"' for one in cursor.description)
        return names, cursor.fetchall()


def test_a_restored_copy_brings_neither_account_nor_profile_back(client_of_ours):
    models = (User, Profile)
    copy = {model: rows_of(model) for model in models}
    close(client_of_ours)
    for model, (names, rows) in copy.items():
        marks = ", ".join(["%s"] * (names.count(",") + 1))
        with connection.cursor() as cursor:
            cursor.executemany(
                f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', rows
            )
        assert model.objects.count() == 1
    assert reconciling.erasures()[1] == len(models)
    assert not User.objects.exists()
    assert not Profile.objects.exists()
    assert reconciling.erasures()[1] == 0
