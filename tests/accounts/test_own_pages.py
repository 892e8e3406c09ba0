"""What a client sees and changes in their account, and what stays nobody else's business."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.keepers.accounts.models import (
    Link,
    OpenSession,
    Profile,
    RecoveryCode,
    SecondFactor,
    User,
)
from kept.keepers.accounts.sessions import SessionStore
from kept.keepers.consent import flows as consent
from kept.vault.models import Subject
from tests.accounts.person import PASSWORD, TYPED, Person, deliver, link_in, token_of
from tests.enrol import enrol
from tests.posting import changed

NEW = "another good long password"
PAGES = ("", "profile/", "preferences/", "choices/", "address/", "sessions/", "factor/", "quotes/")


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_an_account_needs_a_login_and_is_never_cached(client_of_ours, page):
    response = client_of_ours.browser.get(f"/account/{page}")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert Client().get(f"/account/{page}")["Location"].startswith("/account/login/")


@pytest.mark.parametrize("page", ["profile/", "preferences/", "choices/", "address/", "quotes/"])
def test_staff_have_no_pages_of_a_person(world, operator, client, page):
    client.force_login(operator)
    assert client.get(f"/account/{page}").status_code == 403


def test_the_profile_shows_what_is_held_and_the_user_name_cannot_be_changed(client_of_ours):
    page = text(client_of_ours.browser.get("/account/profile/"))
    assert "Canary &amp; Daughters" in page
    assert TYPED["email"] in page
    assert 'name="username"' not in page
    client_of_ours.browser.post("/account/profile/", {"username": "other", "name": "Zoë"})
    page = text(client_of_ours.browser.get("/account/profile/"))
    assert TYPED["username"] in page
    assert 'value="Zoë"' in page


def test_a_policy_that_does_not_fix_the_user_name_lets_it_change(client_of_ours, post):
    post(changed(('fixed = ["username"]\n', "")))
    assert 'name="username"' in text(client_of_ours.browser.get("/account/profile/"))


def test_an_emptied_field_is_gone_and_the_change_is_on_record(client_of_ours, monkeypatch):
    seen = []
    real = ledger.record
    monkeypatch.setattr(ledger, "record", lambda *a, **k: seen.append(a) or real(*a, **k))
    given = {"name": TYPED["name"], "phone": "", "company": TYPED["company"],
             "address": TYPED["address"]}  # fmt: skip
    response = client_of_ours.browser.post("/account/profile/", given)
    assert response["Location"] == "/account/profile/?done=saved"
    assert TYPED["phone"] not in text(client_of_ours.browser.get("/account/profile/"))
    ((event, subject),) = seen
    assert (event.point, event.categories) == ("account", ("contact.phone",))
    assert subject == client_of_ours.user().subject_id
    again = client_of_ours.browser.post("/account/profile/", given)
    assert again["Location"] == "/account/profile/?done=same"


@pytest.mark.parametrize("phone", ["call me", "x" * 500, "1\x002345"])
def test_a_profile_with_bad_values_stays_as_it_was(client_of_ours, phone):
    response = client_of_ours.browser.post("/account/profile/", {"phone": phone})
    assert response.status_code == 422
    assert TYPED["phone"] in text(client_of_ours.browser.get("/account/profile/"))


def test_nobody_else_opens_a_profile(client_of_ours):
    other = Person(typed={**TYPED, "email": "other@example.org", "username": "other-one"})
    mine = client_of_ours.user().subject_id
    theirs = other.register().subject_id
    row = Profile.objects.get(subject_id=mine, point="account")
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(theirs))):
        assert isinstance(row.open("phone"), gate.Sealed)


def test_the_address_changes_only_by_the_link_to_the_new_one_and_the_old_one_is_told(
    client_of_ours,
):
    ask = {"address": "new@example.org", "password": PASSWORD}
    assert client_of_ours.browser.post("/account/address/", ask)["Location"] == "/account/sent/"
    (message,) = deliver()
    assert message.to == ["new@example.org"]
    assert vault.find("email", "new@example.org") is None
    path = link_in(message)
    assert client_of_ours.browser.get(path).status_code == 200
    user = client_of_ours.user()
    assert "is changed" in text(Client().post(path))
    (told,) = deliver()
    assert told.to == [TYPED["email"]]
    assert "another address" in told.body
    assert vault.find("email", "new@example.org") == user.subject_id
    assert vault.find("email", TYPED["email"]) is None
    assert Client().post(path).status_code == 410
    assert not Link.objects.exists()
    fresh = Person()
    assert fresh.sign_in(name=TYPED["email"]).status_code == 400
    assert fresh.sign_in(name="new@example.org").status_code == 302


def test_another_persons_address_is_not_taken_over_and_only_they_are_told(client_of_ours):
    Person().register(email="other@example.org", username="other-one")
    ask = {"address": "other@example.org", "password": PASSWORD}
    assert client_of_ours.browser.post("/account/address/", ask)["Location"] == "/account/sent/"
    (message,) = deliver()
    assert message.to == ["other@example.org"]
    assert "/account/address/" not in message.body
    assert not Link.objects.exists()


def test_changing_the_address_needs_the_password(client_of_ours):
    ask = {"address": "new@example.org", "password": "wrong"}
    assert client_of_ours.browser.post("/account/address/", ask).status_code == 400
    assert not Link.objects.exists()


def test_choices_are_seen_and_changed_one_by_one(client_of_ours):
    user = client_of_ours.user()
    page = text(client_of_ours.browser.get("/account/choices/"))
    assert re.findall(r'value="([a-z-]+)" checked', page) == ["transaction"]
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    give = {"seen": seen, "choice": ["personalise", "news"]}
    response = client_of_ours.browser.post("/account/choices/", give)
    assert response["Location"] == "/account/choices/?done=saved"
    standing = {one.purpose for one in consent.standing(user.subject_id)}
    assert standing == {"serve-account", "personalise", "news"}
    page = text(client_of_ours.browser.get("/account/choices/"))
    assert set(re.findall(r'value="([a-z-]+)" checked', page)) == {"personalise", "news"}


def test_a_choice_is_recorded_with_the_text_that_stood_above_it(client_of_ours):
    page = text(client_of_ours.browser.get("/account/choices/"))
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    client_of_ours.browser.post("/account/choices/", {"seen": seen, "choice": ["personalise"]})
    row = consent.standing(client_of_ours.user().subject_id).get(purpose="personalise")
    assert "the website stays the same for you" in row.shown.text
    assert row.point == "preferences"


def test_choices_that_were_not_read_in_their_present_words_change_nothing(client_of_ours, post):
    page = text(client_of_ours.browser.get("/account/choices/"))
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    post(changed(('declining = "we send you no news"', 'declining = "nothing else follows"')))
    before = Subject.objects.get().consented
    give = {"seen": seen, "choice": ["transaction", "news"]}
    response = client_of_ours.browser.post("/account/choices/", give)
    assert response.status_code == 409
    assert Subject.objects.get().consented == before


@pytest.mark.parametrize("choice", ["serve-account", "answer-inquiry", "nonsense", "\x00"])
def test_a_purpose_that_is_no_choice_here_is_not_given(client_of_ours, choice):
    page = text(client_of_ours.browser.get("/account/choices/"))
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    before = Subject.objects.get().consented
    client_of_ours.browser.post(
        "/account/choices/", {"seen": seen, "choice": ["transaction", choice]}
    )
    assert Subject.objects.get().consented == before


def prefer(person, **typed):
    token = token_of(person.browser.get("/account/preferences/"))
    return person.browser.post("/account/preferences/", {"kept-form": token, **typed})


def test_preferences_need_their_own_consent_and_greet_afterwards(client_of_ours):
    given = {"greeting": "Captain Zoë", "interest": "Bags"}
    assert prefer(client_of_ours, **given).status_code == 422
    assert "Captain" not in text(client_of_ours.browser.get("/account/"))
    assert prefer(client_of_ours, **given, **{"consent-personalise": "on"}).status_code == 302
    assert "Hello, Captain Zoë" in text(client_of_ours.browser.get("/account/"))
    assert "Bags" in text(client_of_ours.browser.get("/account/"))
    page = text(client_of_ours.browser.get("/account/preferences/"))
    assert 'value="Captain Zoë"' in page
    assert "consent-personalise" not in page, "a consent that stands is not asked for again"
    assert prefer(client_of_ours, greeting="Zoë").status_code == 302
    assert "Hello, Zoë" in text(client_of_ours.browser.get("/account/"))


def test_the_greeting_ends_with_the_consent(client_of_ours):
    prefer(client_of_ours, greeting="Captain", **{"consent-personalise": "on"})
    consent.withdraw(client_of_ours.user().subject_id, ["personalise"])
    assert "Captain" not in text(client_of_ours.browser.get("/account/"))


def test_personalising_ends_when_its_purpose_leaves_the_policy_and_says_so(client_of_ours, post):
    prefer(client_of_ours, greeting="Captain", **{"consent-personalise": "on"})
    post(without_personalising())
    assert "Captain" not in text(client_of_ours.browser.get("/account/"))
    response = client_of_ours.browser.get("/account/preferences/")
    assert response.status_code == 403
    assert "personalise" in text(response)
    assert "Rule 1" in text(response)
    assert (
        client_of_ours.browser.post("/account/preferences/", {"greeting": "x"}).status_code == 403
    )
    assert "personalise" not in text(client_of_ours.browser.get("/account/choices/"))


def without_personalising() -> str:
    whole = changed()
    purpose = whole[whole.index("[purposes.personalise]") : whole.index("[purposes.news]")]
    point = whole[whole.index("[collect.preferences]") : whole.index("[collect.news]")]
    return changed((purpose, ""), (point, ""))


@pytest.mark.parametrize(
    "typed",
    [{"greeting": "x" * 500}, {"greeting": "a\r\nb"}, {"interest": "Cars"}, {"greeting": "\x00"}],
)
def test_bad_preferences_are_refused(client_of_ours, typed):
    assert prefer(client_of_ours, **typed, **{"consent-personalise": "on"}).status_code == 422
    assert not Profile.objects.filter(point="preferences").exists()


def test_sessions_are_listed_by_day_and_ended_everywhere(client_of_ours):
    elsewhere = Person()
    elsewhere.sign_in()
    page = text(client_of_ours.browser.get("/account/sessions/"))
    assert page.count("this browser") == page.count("another browser") == 1
    response = client_of_ours.browser.post("/account/sessions/")
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not client_of_ours.signed_in()
    assert not elsewhere.signed_in()
    assert not OpenSession.objects.exists()


def test_a_new_password_ends_every_other_session(client_of_ours):
    elsewhere = Person()
    elsewhere.sign_in()
    given = {"current": PASSWORD, "new": NEW, "again": NEW}
    assert client_of_ours.browser.post("/account/password/", given).status_code == 302
    assert client_of_ours.signed_in()
    assert not elsewhere.signed_in()
    assert OpenSession.objects.count() == 1


def test_no_session_holds_anything_about_a_person(client_of_ours):
    prefer(client_of_ours, greeting="Captain", **{"consent-personalise": "on"})
    for page in PAGES:
        client_of_ours.browser.get(f"/account/{page}")
    Person().sign_in(password="wrong")
    assert OpenSession.objects.exists()
    for row in OpenSession.objects.all():
        values = SessionStore().decode(row.session_data)
        assert set(values) <= {"_auth_user_id", "_auth_user_backend", "_auth_user_hash"}
        assert not [one for one in TYPED.values() if one in str(values)]
    assert not Session.objects.exists()


def test_an_erased_person_has_no_account_session_or_link_left(client_of_ours, transactional_db):
    subject = client_of_ours.user().subject_id
    client_of_ours.browser.post("/account/reset/", {"address": TYPED["email"]})
    deliver()
    assert Link.objects.filter(subject_id=subject).exists()
    done = vault.erase(subject)
    assert done.done
    assert not User.objects.filter(subject_id=subject).exists()
    assert not OpenSession.objects.exists()
    assert not Link.objects.exists()
    assert not Profile.objects.exists()
    assert not client_of_ours.signed_in()


def test_a_second_factor_is_offered_where_the_policy_names_what_is_kept_of_it(client_of_ours, post):
    assert "Set it up" in text(client_of_ours.browser.get("/account/factor/"))
    label = 'factor = "The secret of your second factor, where you set one up"\n'
    post(changed(('factor = "account.password"\n', ""), (label, "")))
    assert "Set it up" not in text(client_of_ours.browser.get("/account/factor/"))
    response = client_of_ours.browser.post("/account/factor/", {"verb": "begin"})
    assert response.status_code == 403
    assert not SecondFactor.objects.exists()


def test_a_clients_secret_dies_with_the_person(client_of_ours, transactional_db):
    user = client_of_ours.user()
    enrol(user)
    sealed = bytes(SecondFactor.objects.get().sealed)
    assert vault.open_bytes("second-factor", sealed)
    vault.erase(user.person)
    with pytest.raises(KeptError, match="V001"):
        vault.open_bytes("second-factor", sealed)
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
