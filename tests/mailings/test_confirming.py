"""An address that somebody typed gets one mail, and nothing else before its holder said yes."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept import gate, ledger, vault
from kept._kit import clock
from kept.keepers.accounts.models import SignInAttempts
from kept.keepers.consent.models import Consent
from kept.keepers.forms import flows as forms
from kept.keepers.forms.models import Submission
from kept.keepers.mailings import asking, confirming, flows
from kept.keepers.mailings.models import Asked, Subscription
from kept.vault.models import Subject
from tests.accounts.person import TYPED, deliver, link_in, token_of
from tests.mailings.asking import NEWS, OTHER, ask
from tests.mailings.test_news import send
from tests.posting import changed

WHO = "zoe-9d1c@example.org"
IN_THE_INQUIRY = changed(
    ('for = ["answer-inquiry"]\nkeep', 'for = ["answer-inquiry", "news"]\nkeep')
)


def given() -> set[str]:
    """Purposes that the person at `WHO` consented to, as the gate sees it."""
    id = vault.find("email", WHO)
    person = None if id is None else Subject.objects.get(pk=id)
    now = gate.in_force()
    known = ("news", "other-information", "answer-inquiry")
    return {one for one in known if person and person.consented & now.mask([one])}


def asked_once() -> str:
    """Ask for news, read the mail; the path of its link."""
    assert ask(WHO, NEWS)["Location"] == "/news/thanks/"
    (message,) = deliver()
    assert message.to == [WHO]
    return link_in(message)


def test_before_the_holder_confirms_nothing_is_anybodys_and_nothing_is_sent(world, desk):
    asked_once()
    assert vault.standing("email", WHO) is None
    assert not Subscription.objects.exists()
    assert not Consent.objects.exists()
    assert not Subject.objects.exists()
    assert send(desk) == []


def test_the_link_asks_with_a_button_says_what_for_and_confirms_once(world, desk):
    path = asked_once()
    for method in ("get", "head", "get"):
        page = getattr(Client(), method)(path)
        assert page.status_code == 200
    assert "send you news" in page.content.decode()
    assert not Subscription.objects.exists()
    done = Client().post(path)
    assert "It is confirmed" in done.content.decode()
    assert given() == {"news"}
    assert [one.to for one in send(desk)] == [[WHO]]
    assert [getattr(Client(), verb)(path).status_code for verb in ("post", "get")] == [410, 410]
    assert Consent.objects.count() == 1


def test_the_proof_holds_both_steps_and_the_text_that_was_shown(world, monkeypatch):
    recorded = []
    real = ledger.record_many

    def note(pairs, *rest, **named):
        listed = list(pairs)
        recorded.extend(event for event, _ in listed)
        return real(listed, *rest, **named)

    monkeypatch.setattr(ledger, "record_many", note)
    before = clock.now()
    path = asked_once()
    between = clock.now()
    Client().post(path)
    row = Consent.objects.get()
    assert before <= row.asked_at <= between <= row.given_at
    assert "send you news" in row.shown.text
    assert (row.point, row.purpose, row.version) == ("news", "news", 0)
    assert [one.confirmed for one in recorded if isinstance(one, ledger.Consented)] == [True]


def test_a_consent_given_while_signed_in_has_one_step(client_of_ours):
    rows = Consent.objects.filter(purpose="serve-account")
    assert all(one.asked_at is not None for one in rows)  # the account's link proved its address
    assert Client().post("/account/login/", {}).status_code == 400


@pytest.mark.parametrize("token", ["x", "é", "a" * 5000, "%00"])
def test_a_forged_link_confirms_nothing(world, token):
    asked_once()
    assert Client().post(f"/news/confirm/{token}/").status_code in (400, 404, 410)
    assert not Subscription.objects.exists()


def test_a_link_of_the_account_s_pages_confirms_no_mails(person):
    person.send()
    (message,) = deliver()
    token = link_in(message).split("/")[3]
    assert Client().post(f"/news/confirm/{token}/").status_code == 410


def test_a_link_ends_after_a_day_and_is_swept(world, monkeypatch):
    path = asked_once()
    now = clock.now() + asking.LASTS + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert Client().post(path).status_code == 410
    assert not Subscription.objects.exists()
    assert asking.sweep() == "1 removed"
    assert not Asked.objects.exists()


def test_a_new_version_of_the_policy_asks_anew(world, post):
    path = asked_once()
    post(changed(("send you news of our company", "send you news of everything we do")))
    assert Client().post(path).status_code == 409
    assert not Subscription.objects.exists()
    assert given() == set()


STATES = {
    "nobody": lambda: None,
    "known": lambda: vault.find_or_make("email", WHO),
    "subscribed": lambda: Client().post(asked_once()),
    "stopped": lambda: vault.set_limits(vault.find_or_make("email", WHO).pk, ceased=True),
    "being erased": lambda: Subject.objects.filter(pk=vault.find_or_make("email", WHO).pk).update(
        state="erasing"
    ),
}


def test_the_page_says_and_does_the_same_whoever_stands_behind_an_address(world):
    seen = {}
    for state, prepare in STATES.items():
        with gate.purpose("news", actor=gate.VISITOR):
            prepare()
        SignInAttempts.objects.all().delete()  # or the sixth mail to one address waits
        browser = Client()
        token = token_of(browser.get("/news/"))
        typed = {"kept-form": token, "email": WHO, NEWS: "on"}
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post("/news/", typed)
        texts = (re.sub(r"s\d+_x\d+", "", one["sql"]) for one in queries.captured_queries)
        kinds = [" ".join(text.split()[:4]) for text in texts]
        seen[state] = (answer.status_code, answer["Location"], answer.content, kinds)
        assert len(deliver()) == 1, state
        Asked.objects.all().delete()
        Subject.objects.all().update(state="active")
    assert len({str(one) for one in seen.values()}) == 1, seen


@pytest.mark.parametrize("state", ["stopped", "being erased"])
def test_who_stopped_the_use_of_their_data_is_told_and_confirms_nothing(world, state):
    with gate.purpose("news", actor=gate.VISITOR):
        STATES[state]()
    ask(WHO, NEWS)
    (message,) = deliver()
    assert "/news/confirm/" not in message.body
    assert "no mails are sent" in message.body
    assert not Asked.objects.exists()


def test_who_stopped_it_after_the_mail_confirms_nothing(world):
    path = asked_once()
    with gate.purpose("news", actor=gate.VISITOR):
        vault.set_limits(vault.find_or_make("email", WHO).pk, restricted=True)
    assert Client().post(path).status_code == 409
    assert not Subscription.objects.exists()


def test_one_address_is_not_written_to_again_and_again(world):
    answers = [ask(WHO, NEWS).status_code for _ in range(12)]
    assert answers[0] == 302
    assert answers[-1] == 429
    assert len(deliver()) <= 7


def test_one_place_cannot_write_to_everybody(world, monkeypatch):
    from kept.keepers.accounts import address

    monkeypatch.setattr(flows, "_brake", address.Brake(limit=3))
    answers = [ask(f"p{n}@example.org", NEWS).status_code for n in range(5)]
    assert answers == [302, 302, 302, 429, 429]


def test_what_waits_stands_in_no_table_in_clear(world):
    ask("canary-31bd@example.org", NEWS, name="Zoë Canary-31bd")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str([[bytes(x) if isinstance(x, memoryview) else x for x in row]
                        for row in cursor.fetchall()])  # fmt: skip
            assert "31bd" not in rows, table


def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(world, monkeypatch):
    from kept.keepers.sharing import direct, failures

    ask(WHO, NEWS)
    row = Asked.objects.get()
    busy = failures.Failure("SMTPServerDisconnected")
    monkeypatch.setattr(direct, "send", lambda *_, **__: busy)
    assert [confirming.write(row.pk).again for _ in confirming.PAUSES] == [*confirming.PAUSES]
    assert confirming.write(row.pk).word == "failed"
    assert not Asked.objects.exists()
    assert confirming.write(row.pk).word == "nothing"


def inquire(*boxes, **more):
    browser = Client()
    token = token_of(browser.get("/ask/"))
    typed = {"name": "Zoë", "email": WHO, "message": "Mugs?", **dict.fromkeys(boxes, "on"), **more}
    return browser.post("/ask/", {"kept-form": token, **typed})


def test_an_inquiry_is_answered_at_once_and_its_news_wait_for_the_holder(world, desk, post):
    post(IN_THE_INQUIRY)
    assert inquire("consent-answer-inquiry", NEWS)["Location"] == "/thanks/"
    assert Submission.objects.count() == 1
    assert given() == {"answer-inquiry"}
    assert Consent.objects.get().asked_at is None
    (message,) = deliver()
    assert send(desk) == []
    assert "It is confirmed" in Client().post(link_in(message)).content.decode()
    assert given() == {"answer-inquiry", "news"}
    proof = Consent.objects.get(purpose="news")
    assert proof.point == "inquiry"
    assert proof.asked_at <= proof.given_at
    assert "send you news" in proof.shown.text
    assert [one.to for one in send(desk, heading="Second")] == [[WHO]]


def test_an_inquiry_without_that_box_brings_no_mail(world, post):
    post(IN_THE_INQUIRY)
    inquire("consent-answer-inquiry")
    assert deliver() == []
    assert not Asked.objects.exists()


def test_a_form_for_nothing_but_marketing_is_stored_when_its_address_is_proved(world, post):
    from pathlib import Path

    post(Path("policies/us-service-center.toml").read_text("utf-8"))
    page = forms.open_page("newsletter")
    sent = {"kept-form": [page.token], "email": [WHO], "consent-marketing": ["on"]}
    done = forms.collect("newsletter", sent, base="https://example.org")
    assert done.row is None
    assert not Submission.objects.exists()
    (message,) = deliver()
    assert "https://example.org/news/confirm/" in message.body
    assert Client().post(link_in(message)).status_code == 200
    row = Submission.objects.get()
    assert row.point == "newsletter"
    assert row.subject_id == vault.find("email", WHO)
    assert Consent.objects.get().asked_at is not None
    assert mail.outbox == [message]


def test_without_anybody_to_ask_a_consent_to_marketing_is_an_error(world, post, monkeypatch):
    from kept._kit.errors import KeptError
    from kept.keepers.consent import confirming as wired

    post(IN_THE_INQUIRY)
    monkeypatch.setattr(wired, "_asker", None)
    with pytest.raises(KeptError, match="C001"):
        inquire("consent-answer-inquiry", OTHER, NEWS)
    assert not Submission.objects.exists()


def test_erasing_the_person_ends_a_link_that_waits(client_of_ours, transactional_db):
    who = client_of_ours.user().person
    ask(TYPED["email"], NEWS)
    (message,) = deliver()
    assert Asked.objects.get().subject_id == who
    vault.erase_keys(who)
    assert Client().post(link_in(message)).status_code == 410


def test_a_form_whose_consents_nobody_can_confirm_is_told_by_the_checks(post):
    from django.core import checks

    def told():
        return [one.msg for one in checks.run_checks(tags=["kept"]) if one.id == "kept.C002"]

    post(IN_THE_INQUIRY)
    assert told() == []
    post(changed(
        ('for = ["personalise"]\nuntil', 'for = ["personalise", "news"]\nuntil'),
    ))  # fmt: skip
    (message,) = told()
    assert "[collect.preferences]" in message
