"""A client's account: opened by a proved address, under the notice that was shown."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept import gate, vault
from kept._kit import clock
from kept.keepers.accounts import links, throttle
from kept.keepers.accounts.models import Link, Profile, SignInAttempts, User
from kept.keepers.consent import flows as consent
from kept.vault.models import Subject
from tests.accounts.person import PASSWORD, REGISTER, TYPED, Person, deliver, link_in, token_of
from tests.posting import changed


def own(user):
    return gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(user.subject_id)))


def test_the_notice_comes_first_and_no_box_is_ticked(person):
    page = person.browser.get(REGISTER).content.decode()
    assert page.index('id="notice-text"') < page.index("<form class")
    assert "checked" not in page
    assert "you cannot have an account" in page


def test_an_account_is_opened_by_the_link_and_holds_what_was_typed(person):
    user = person.register()
    with own(user):
        assert user.email == TYPED["email"]
        row = Profile.objects.get(subject_id=user.subject_id)
        assert {name: row.open(name) for name in row.names()} == {
            name: TYPED[name] for name in ("username", "name", "phone", "company", "address")
        }
    assert user.check_password(PASSWORD)
    assert not Link.objects.exists()


def test_consent_is_recorded_per_purpose_with_the_text_that_was_shown(person):
    user = person.register(**{"consent-transaction": None})
    given = list(consent.standing(user.subject_id))
    assert [(one.purpose, one.point) for one in given] == [("serve-account", "account")]
    assert "you cannot have an account" in given[0].shown.text
    in_force = gate.in_force()
    assert Subject.objects.get().consented == in_force.mask(["serve-account"])


def test_nothing_is_anybodys_before_the_link_is_followed(person):
    person.send()
    deliver()
    assert not User.objects.exists()
    assert not Subject.objects.exists()
    assert vault.find("email", TYPED["email"]) is None


def test_what_was_typed_stands_nowhere_in_clear_before_or_after(person):
    person.send()
    tables = everything()
    for text in (*list(TYPED.values())[:6], "canary-5e2a"):
        assert text not in tables
    (message,) = deliver()
    person.browser.post(link_in(message))
    tables = everything()
    for text in (*list(TYPED.values())[:6], "canary-5e2a"):
        assert text not in tables
    assert "serve-account" in tables, "the tables were really read"


def everything() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(str([[bytes(one) if isinstance(one, memoryview) else one for one in row]
                              for row in cursor.fetchall()]))  # fmt: skip
    return "".join(found)


def test_looking_at_the_link_opens_nothing(person):
    person.send()
    (message,) = deliver()
    for _ in range(2):
        assert person.browser.get(link_in(message)).status_code == 200
    assert not User.objects.exists()


def test_a_link_is_good_once(person):
    person.send()
    (message,) = deliver()
    path = link_in(message)
    assert person.browser.post(path).status_code == 302
    assert person.browser.post(path).status_code == 410
    assert person.browser.get(path).status_code == 410
    assert User.objects.count() == 1


def test_a_link_ends_after_a_day(person):
    person.send()
    (message,) = deliver()
    with clock.only_for_testing_at(clock.now() + links.LASTS + timedelta(hours=1)):
        assert person.browser.post(link_in(message)).status_code == 410
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["x", "x:y", "é", "%00", "a" * 5000, "..", "Inh4Ig:1:1"])
def test_a_forged_link_opens_nothing(person, token):
    assert person.browser.post(f"/account/confirm/{token}/").status_code in (400, 404, 410)
    assert not User.objects.exists()


def test_a_link_of_another_kind_opens_no_account(client_of_ours):
    client_of_ours.browser.post("/account/reset/", {"address": TYPED["email"]})
    (message,) = deliver()
    other = link_in(message).replace("/reset/", "/confirm/")
    assert client_of_ours.browser.post(other).status_code == 410


def test_a_link_ends_when_the_policy_changes(person, post):
    person.send()
    (message,) = deliver()
    post(changed(('declining = "you cannot have an account"', 'declining = "nothing"')))
    response = person.browser.post(link_in(message))
    assert response.status_code == 409
    assert "policy changed" in response.content.decode()
    assert not User.objects.exists()


def answers(person, **typed):
    response = person.send(**typed)
    page = person.browser.get(response["Location"])
    return response.status_code, response["Location"], set(response.headers), page.content


def test_the_answer_is_the_same_for_new_known_and_being_erased(person):
    person.register()
    known = vault.find("email", TYPED["email"])
    new = answers(Person(), email="new@example.org", username="new-one")
    again = answers(Person(), username="another")
    Subject.objects.filter(pk=known).update(state="erasing")
    erasing = answers(Person(), username="third-one")
    assert new == again == erasing


def test_the_request_asks_the_database_the_same_whether_known_or_not(person):
    person.register()
    seen = []
    for address, name in ((TYPED["email"], "name-1"), ("new@example.org", "name-2")):
        token = token_of(person.browser.get(REGISTER))
        data = {**TYPED, "kept-form": token, "email": address, "username": name}
        SignInAttempts.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert person.browser.post(REGISTER, data).status_code == 302
        seen.append(
            [re.split(r"\bVALUES\b|\bWHERE\b|SAVEPOINT |\bSET\b", one["sql"])[0] for one in queries]
        )
    assert seen[0] == seen[1]


def test_each_case_gets_a_mail_of_its_own(person):
    person.register()
    for typed in ({"username": "another"}, {"email": "new@example.org", "username": "third"}):
        Person().send(**typed)
    headings = {one.to[0]: one.subject for one in deliver()}
    assert headings == {
        TYPED["email"]: "You have an account at USimprints",
        "new@example.org": "Confirm your account at USimprints",
    }
    assert Link.objects.count() == 1, "nothing is kept of what a known person typed"


def test_somebody_who_is_being_erased_is_told_so_and_gets_no_link(person):
    person.register()
    Subject.objects.update(state="erasing")
    Person().send(username="another")
    (message,) = deliver()
    assert "being deleted" in message.body
    assert "confirm" not in message.body
    assert not Link.objects.exists()


def test_somebody_who_asked_before_gets_their_account_as_the_same_subject(person):
    subject = vault.find_or_make("email", TYPED["email"])
    user = person.register()
    assert user.subject_id == subject.pk


def test_an_account_that_was_erased_can_be_opened_anew(person):
    first = person.register().subject_id
    vault.key_store().keys.destroy(first)
    Subject.objects.filter(pk=first).update(state="erased")
    User.objects.all().delete()
    assert Person().register().subject_id != first


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"), ("email", ""), ("email", "a@b@c.org"),
        ("email", "x" * 300 + "@a.org"), ("email", "zoe@ex\u00e4mple.org"),
        ("password", "short"), ("password", "passwordpassword"), ("password", "x" * 5000),
        ("password", "canary-5e2acanary-5e2a"),
        ("username", "a"), ("username", "zoe@example.org"), ("username", "two words"),
        ("username", "<b>"), ("username", "x" * 100), ("username", ""),
        ("phone", "call me"), ("name", "a\r\nb"), ("company", "a\x07b"),
        ("consent-serve-account", None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_stored(person, field, value):
    response = person.send(**{field: value})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert PASSWORD not in response.content.decode(), "a password is never shown again"
    assert not Link.objects.exists()


def test_a_field_that_no_clause_names_is_dropped(person):
    person.send(shoe_size="44")
    (message,) = deliver()
    person.browser.post(link_in(message))
    user = person.user()
    with own(user):
        assert "shoe_size" not in Profile.objects.get().names()


def test_a_user_name_that_is_taken_is_refused(person):
    person.register()
    for name in (TYPED["username"], TYPED["username"].upper()):
        response = Person().send(username=name, email="other@example.org")
        assert response.status_code == 422
        assert "taken" in response.content.decode()


def test_a_user_name_that_was_taken_meanwhile_opens_nothing(person):
    other = Person()
    person.send()
    other.send(email="other@example.org")
    first, second = deliver()
    assert person.browser.post(link_in(first)).status_code == 302
    response = other.browser.post(link_in(second))
    assert response.status_code == 409
    assert "took your user name" in response.content.decode()
    assert User.objects.count() == 1


def test_a_form_stores_once(person):
    token = token_of(person.browser.get(REGISTER))
    sent = [person.browser.post(REGISTER, {**TYPED, "kept-form": token}) for _ in range(2)]
    assert [one.status_code for one in sent] == [302, 409]
    assert Link.objects.count() == 1


def test_mails_to_one_address_are_slowed_down(person):
    codes = [Person().send(username=f"name-{n}").status_code for n in range(throttle.FREE + 1)]
    assert codes == [302] * throttle.FREE + [429]


def test_without_a_csrf_token_nothing_happens(person):
    client = Client(enforce_csrf_checks=True)
    token = token_of(client.get(REGISTER))
    assert client.post(REGISTER, {**TYPED, "kept-form": token}).status_code == 403


def test_a_policy_without_accounts_closes_the_page(person, post):
    post(changed(("[collect.account]  ", "[collect.somebody]  "),
                 ("[collect.account.", "[collect.somebody.")))  # fmt: skip
    assert person.browser.get(REGISTER).status_code == 410
    assert person.browser.post(REGISTER, TYPED).status_code == 410


def test_signing_in_works_by_address_and_by_the_name_that_was_chosen(person):
    person.register()
    for name in (TYPED["email"], TYPED["email"].upper(), TYPED["username"]):
        assert person.sign_in(name=name)["Location"] == "/account/"
        person.browser.post("/account/logout/")
        assert not person.signed_in()
