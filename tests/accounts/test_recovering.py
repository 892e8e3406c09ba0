"""A forgotten password: the same answer for everybody, a link that is good once."""

from datetime import timedelta

import pytest

from kept import vault
from kept._kit import clock
from kept.keepers.accounts import throttle
from kept.keepers.accounts.models import Link, OpenSession
from kept.vault.models import Subject
from tests.accounts.person import PASSWORD, TYPED, Person, deliver, link_in
from tests.enrol import enrol

NEW = {"new": "another good long password", "again": "another good long password"}


def ask(person, address=TYPED["email"]):
    return person.browser.post("/account/reset/", {"address": address})


def test_the_answer_is_the_same_and_each_gets_a_mail(client_of_ours):
    known, unknown = ask(Person()), ask(Person(), "nobody@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    bodies = {one.to[0]: one.body for one in deliver()}
    assert "/account/reset/" in bodies[TYPED["email"]]
    assert "no account" in bodies["nobody@example.org"]
    assert "/account/reset/" not in bodies["nobody@example.org"]


def test_somebody_who_is_being_erased_is_told_so(client_of_ours):
    Subject.objects.update(state="erasing")
    ask(Person())
    (message,) = deliver()
    assert "being deleted" in message.body
    assert not Link.objects.exists()


def test_a_restricted_person_can_still_choose_a_password(client_of_ours):
    vault.set_limits(client_of_ours.user().subject_id, restricted=True)
    ask(Person())
    (message,) = deliver()
    assert Person().browser.post(link_in(message), NEW).status_code == 302


def test_the_link_sets_a_password_once_and_signs_out_everywhere(client_of_ours):
    ask(Person())
    (message,) = deliver()
    fresh = Person()
    assert fresh.browser.get(link_in(message)).status_code == 200
    done = fresh.browser.post(link_in(message), NEW)
    assert done["Location"] == "/account/login/?done=replaced"
    assert not fresh.signed_in()
    assert not client_of_ours.signed_in()
    assert not OpenSession.objects.filter(account__isnull=False).exists()
    assert fresh.browser.post(link_in(message), NEW).status_code == 410
    assert fresh.sign_in().status_code == 400
    assert fresh.sign_in(password=NEW["new"]).status_code == 302


def test_a_second_link_ends_when_the_first_was_used(client_of_ours):
    ask(Person())
    (first,) = deliver()
    ask(Person())
    later = [one for one in deliver() if one.body != first.body]
    assert Person().browser.post(link_in(first), NEW).status_code == 302
    for message in later:
        assert Person().browser.post(link_in(message), NEW).status_code == 410


def test_the_link_ends_with_the_password_and_after_a_day(client_of_ours):
    ask(Person())
    (message,) = deliver()
    with clock.only_for_testing_at(clock.now() + timedelta(hours=26)):
        assert Person().browser.get(link_in(message)).status_code == 410
    client_of_ours.browser.post("/account/password/", {"current": PASSWORD, **NEW})
    assert Person().browser.get(link_in(message)).status_code == 410


@pytest.mark.parametrize("new", ["short", "passwordpassword", TYPED["username"] * 2, "\x00" * 20])
def test_a_password_that_breaks_the_rules_is_refused_and_the_link_stays(client_of_ours, new):
    ask(Person())
    (message,) = deliver()
    given = {"new": new, "again": new}
    if new == TYPED["username"] * 2:
        given["again"] = "something else altogether"
    assert Person().browser.post(link_in(message), given).status_code == 400
    assert Person().browser.get(link_in(message)).status_code == 200


def test_a_reset_does_not_get_around_the_second_factor(client_of_ours):
    enrol(client_of_ours.user())
    ask(Person())
    (message,) = deliver()
    fresh = Person()
    fresh.browser.post(link_in(message), NEW)
    assert fresh.sign_in(password=NEW["new"])["Location"].startswith("/account/code/")
    assert not fresh.signed_in()


def test_mails_to_one_address_are_slowed_down(client_of_ours):
    codes = [ask(Person()).status_code for _ in range(throttle.FREE + 1)]
    assert codes[-1] == 429
    assert codes[0] == 302


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b@c", "x" * 500 + "@a.org", "a@b.org\r\nBcc: c@d.org", "a@ex\u00e4mple.org"],
)
def test_what_is_no_address_is_refused(world, client, address):
    assert client.post("/account/reset/", {"address": address}).status_code == 400
    assert not Link.objects.exists()
