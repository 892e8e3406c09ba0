"""A quote that the operator writes and the client accepts, word for word."""

import re

import pytest

from kept import gate, ledger
from kept._kit.digests import digest_of
from kept.keepers.consent import flows as consent
from kept.keepers.orders.models import Quote
from kept.keepers.sharing.models import Mail
from tests.accounts.person import TYPED, Person, deliver
from tests.posting import changed

TEXT = "Forty mugs canary-77aa, blue.\nUSD 420, ready in two weeks."
PURPOSE = "[purposes.transaction]  "


def text(response) -> str:
    return response.content.decode()


def offer(desk, **changed):
    page = text(desk.get("/console/quotes/new/"))
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    given = {"to": TYPED["email"], "text": TEXT, "once": once, **changed}
    return desk.post("/console/quotes/new/", given)


def marks(page) -> dict[str, str]:
    found = text(page)
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', found)[1] for name in ("quote", "seen")
    }


def opened(row):
    with gate.purpose("transaction", actor=gate.Actor("subject", str(row.subject_id))):
        return {name: row.open(name) for name in row.names()}


def test_the_client_reads_it_in_the_account_and_a_mail_tells_them_without_its_content(
    desk, client_of_ours
):
    assert offer(desk)["Location"] == "/console/quotes/?done=offered"
    (message,) = deliver()
    assert message.to == [TYPED["email"]]
    assert "canary-77aa" not in message.body
    assert "/account/quotes/" in message.body
    assert "canary-77aa" in text(client_of_ours.browser.get("/account/quotes/"))
    assert "canary-77aa" in text(desk.get("/console/quotes/"))


def test_accepting_keeps_the_very_words_that_stood_on_the_page(desk, client_of_ours, monkeypatch):
    offer(desk)
    page = client_of_ours.browser.get("/account/quotes/")
    shown = re.search(r'<div class="mail">(.*?)</div>', text(page), re.DOTALL)[1]
    seen = []
    real = ledger.record
    monkeypatch.setattr(ledger, "record", lambda *a, **k: seen.append(a) or real(*a, **k))
    give = {**marks(page), "verb": "accept"}
    response = client_of_ours.browser.post("/account/quotes/", give)
    assert response["Location"] == "/account/quotes/?done=accepted"
    row = Quote.objects.get()
    assert row.state == "accepted"
    words = opened(row)["authorisation"]
    assert words == shown
    assert TEXT in words
    ((event, subject),) = seen
    assert (event.purposes, event.text_digest) == (("transaction",), digest_of(words))
    assert (event.row, subject) == (row.pk, row.subject_id)
    assert "accepted on" in text(client_of_ours.browser.get("/account/quotes/"))


def test_a_quote_is_decided_once(desk, client_of_ours):
    offer(desk)
    give = marks(client_of_ours.browser.get("/account/quotes/"))
    client_of_ours.browser.post("/account/quotes/", {**give, "verb": "decline"})
    again = client_of_ours.browser.post("/account/quotes/", {**give, "verb": "accept"})
    assert again["Location"] == "/account/quotes/?done=before"
    assert Quote.objects.get().state == "declined"
    assert "authorisation" not in opened(Quote.objects.get())


@pytest.mark.parametrize("seen", ["", "x", "0" * 64, "\x00"])
def test_words_that_were_not_on_the_page_are_not_accepted(desk, client_of_ours, seen):
    offer(desk)
    give = {**marks(client_of_ours.browser.get("/account/quotes/")), "seen": seen}
    response = client_of_ours.browser.post("/account/quotes/", {**give, "verb": "accept"})
    assert response.status_code == 409
    assert Quote.objects.get().state == "offered"


def test_nobody_else_reads_or_decides_it(desk, client_of_ours):
    offer(desk)
    give = marks(client_of_ours.browser.get("/account/quotes/"))
    other = Person(typed={**TYPED, "email": "other@example.org", "username": "other-one"})
    other.register()
    other.sign_in()
    assert "canary-77aa" not in text(other.browser.get("/account/quotes/"))
    for verb in ("accept", "decline"):
        answer = other.browser.post("/account/quotes/", {**give, "verb": verb})
        assert answer.status_code == 404
    assert Quote.objects.get().state == "offered"


@pytest.mark.parametrize(
    "sent",
    [{}, {"verb": "accept"}, {"verb": "x", "quote": "0" * 32}, {"verb": "accept", "quote": "é"}],
)
def test_a_malformed_decision_is_not_found(client_of_ours, sent):
    assert client_of_ours.browser.post("/account/quotes/", sent).status_code == 404


def test_somebody_who_did_not_agree_gets_no_quote_and_the_operator_reads_why(desk, person):
    person.register(**{"consent-transaction": None})
    response = offer(desk)
    assert response.status_code == 409
    assert "there is no consent" in text(response)
    assert TEXT.split("\n", maxsplit=1)[0] in text(response), "what was typed is kept on the page"
    assert not Quote.objects.exists()
    assert not Mail.objects.exists()


def test_consent_taken_back_withholds_it_from_both_sides(desk, client_of_ours):
    offer(desk)
    subject = client_of_ours.user().subject_id
    consent.withdraw(subject, ["transaction"])
    for page in (client_of_ours.browser.get("/account/quotes/"), desk.get("/console/quotes/")):
        assert "canary-77aa" not in text(page)
        assert "withheld" in text(page)


def test_without_the_purpose_both_pages_say_so_with_the_decision(desk, client_of_ours, post):
    offer(desk)
    page = client_of_ours.browser.get("/account/quotes/")
    give = {**marks(page), "verb": "accept"}
    post(without_transactions())
    for browser, path in ((client_of_ours.browser, "/account/quotes/"), (desk, "/console/quotes/")):
        response = browser.get(path)
        assert response.status_code == 403
        assert "Rule 1" in text(response)
        assert "transaction" in text(response)
        assert "canary-77aa" not in text(response)
    assert client_of_ours.browser.post("/account/quotes/", give).status_code == 403
    assert desk.get("/console/quotes/new/").status_code == 403
    assert Quote.objects.get().state == "offered"


def without_transactions() -> str:
    whole = changed()
    purpose = whole[whole.index("[purposes.transaction]") : whole.index("[purposes.personalise]")]
    return changed(
        (purpose, ""), ('for = ["serve-account", "transaction"]', 'for = ["serve-account"]')
    )


def test_a_double_click_offers_once(desk, client_of_ours):
    page = text(desk.get("/console/quotes/new/"))
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    sent = [offer(desk, once=once)["Location"] for _ in range(2)]
    assert [one.partition("done=")[2] for one in sent] == ["offered", "before"]
    assert Quote.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"to": "nobody@example.org"},
        {"to": "x"},
        {"text": ""},
        {"text": "x" * 5000},
        {"text": "a\x00b"},
    ],
)
def test_what_is_no_quote_is_refused(desk, client_of_ours, typed):
    assert offer(desk, **typed).status_code in (409, 422)
    assert not Quote.objects.exists()


def test_what_the_operator_opens_is_on_record_first(desk, client_of_ours, monkeypatch):
    offer(desk)
    seen = []
    real = ledger.record_now_many

    def note(pairs):
        listed = list(pairs)
        seen.extend(listed)
        return real(listed)

    monkeypatch.setattr(ledger, "record_now_many", note)
    desk.get("/console/quotes/")
    ((event, subject),) = seen
    assert (event.purpose, event.categories) == ("transaction", ("financial.transaction",))
    assert subject == client_of_ours.user().subject_id
