"""A client hears of a change, uses the site on or agrees, and it is noted; nothing else changes."""

import pytest
from django.test import Client

from kept import gate, ledger
from kept.keepers.consent.models import Consent
from kept.keepers.notices import bound, flows
from kept.keepers.notices.models import Agreement, Shown
from kept.vault.models import Subject
from tests.notices.conftest import NAVIGATED, WIDER, at, in_days, new

pytestmark = pytest.mark.django_db


def visit(person, path="/account/profile/", **headers):
    return person.browser.get(path, headers={**NAVIGATED, **headers})


def agreements() -> list[tuple[int, str, bool]]:
    return list(Agreement.objects.values_list("version", "way", "earlier"))


def test_the_change_is_told_on_the_pages_of_whoever_is_signed_in(notice, client_of_ours):
    page = visit(client_of_ours).content.decode()
    assert "Our privacy policy" in page
    assert "allows more" in page
    assert Shown.objects.get().version == 1
    assert "Our privacy policy</h2>" not in Client().get("/").content.decode()


def test_use_after_its_day_agrees_where_it_was_shown_before(notice, client_of_ours, monkeypatch):
    seen = []
    real = ledger.record
    monkeypatch.setattr(ledger, "record", lambda *a, **k: seen.append(a[0]) or real(*a, **k))
    visit(client_of_ours)
    visit(client_of_ours)
    assert agreements() == []
    with at(in_days(10)):
        visit(client_of_ours)
        assert agreements() == [(1, "continued-use", False)]
        visit(client_of_ours)
        assert "Our privacy policy has changed" not in visit(client_of_ours).content.decode()
    assert agreements() == [(1, "continued-use", False)]
    assert [one for one in seen if isinstance(one, ledger.Agreed)] == [
        ledger.Agreed(version=1, way="continued-use", row=Agreement.objects.get().pk)
    ]


def test_the_page_that_shows_it_first_is_not_use_after_it(notice, client_of_ours):
    with at(in_days(11)):
        visit(client_of_ours)
        assert agreements() == []
        visit(client_of_ours)
        assert agreements() == [(1, "continued-use", False)]


@pytest.mark.parametrize(
    "path",
    ["/privacy/", "/privacy/history/", "/account/choices/", "/account/data/", "/account/policy/"],
)
def test_looking_after_ones_rights_agrees_to_nothing(notice, client_of_ours, path):
    visit(client_of_ours)
    with at(in_days(11)):
        assert visit(client_of_ours, path).status_code == 200
    assert agreements() == []


def test_what_no_person_asked_for_agrees_to_nothing(notice, client_of_ours):
    visit(client_of_ours)
    with at(in_days(11)):
        client_of_ours.browser.get("/account/profile/")
        visit(client_of_ours, **{"Sec-Purpose": "prefetch"})
        visit(client_of_ours, **{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"})
        visit(client_of_ours, "/account/nowhere/")
        Client().get("/account/login/", headers=NAVIGATED)
    assert agreements() == []


def test_it_holds_for_what_comes_in_afterwards_and_not_for_what_was_there(notice, client_of_ours):
    user = client_of_ours.user()
    visit(client_of_ours)
    with at(in_days(11)):
        assert bound(user) == 0
        visit(client_of_ours)
        assert bound(user) == 1
        assert Subject.objects.get(pk=user.person).agreed is None


def test_earlier_data_follows_by_the_button_only(notice, client_of_ours):
    user = client_of_ours.user()
    page = client_of_ours.browser.get("/account/policy/").content.decode()
    assert "what we have from before" not in page.lower()
    with at(in_days(11)):
        page = client_of_ours.browser.get("/account/policy/").content.decode()
        assert "What we have from before" in page
        sent = client_of_ours.browser.post("/account/policy/", {"version": "1"})
        assert sent.status_code == 302
        assert Subject.objects.get(pk=user.person).agreed == 1
        assert agreements() == [(1, "express", True)]
        page = client_of_ours.browser.get("/account/policy/").content.decode()
        assert "by saying so" in page
        assert "What we have from before" not in page


@pytest.mark.parametrize("version", ["0", "2", "x", "-1", ""])
def test_nothing_but_the_version_in_force_can_be_agreed_to(notice, client_of_ours, version):
    sent = client_of_ours.browser.post("/account/policy/", {"version": version})
    assert sent.status_code == (302 if version == "0" else 409)
    assert Subject.objects.get(pk=client_of_ours.user().person).agreed in (None, 0)


def test_agreeing_before_its_day_is_refused(notice, client_of_ours):
    assert client_of_ours.browser.post("/account/policy/", {"version": "1"}).status_code == 409


def test_no_agreement_changes_a_choice_or_makes_a_consent(notice, client_of_ours):
    user = client_of_ours.user()
    before = Subject.objects.get(pk=user.person)
    consents = Consent.objects.count()
    visit(client_of_ours)
    with at(in_days(11)):
        visit(client_of_ours)
        client_of_ours.browser.post("/account/policy/", {"version": "1"})
        after = Subject.objects.get(pk=user.person)
        assert (after.consented, after.objected) == (before.consented, before.objected)
        assert Consent.objects.count() == consents
        asked = gate.Request(gate.USE, "contact.email", "news", collection="account")
        facts = gate.Facts(base=1, consented=after.consented)
        assert not gate.in_force().decide(asked, facts).allowed


def test_where_agreeing_must_be_express_use_is_none(client_of_ours):
    flows.publish(new(in_days(1), ('agreement = "continued use"', 'agreement = "express"')))
    visit(client_of_ours)
    with at(in_days(2)):
        visit(client_of_ours)
        assert agreements() == []
        assert "Our privacy policy has changed" in visit(client_of_ours).content.decode()


def test_a_change_in_two_steps_is_told_from_what_binds(client_of_ours):
    flows.publish(new(in_days(1), WIDER))
    with at(in_days(2)):
        flows.publish(new(in_days(1), WIDER, ("send us a request", "write to us")))
        news = flows.news_for(client_of_ours.user())
        assert news is not None
        assert (news.bound.ordinal, news.version.ordinal) == (0, 1)
        assert any(one.kind == "widen" for one in news.changes)


def test_what_the_shop_writes_about_a_client_stands_under_what_binds_them(notice, client_of_ours):
    from kept.keepers.orders import flows as orders
    from kept.keepers.orders.models import Quote
    from tests.accounts.person import TYPED

    def offered() -> int:
        with gate.purpose("transaction", actor=gate.Actor("staff", "op")):
            made = orders.offer(
                TYPED["email"], "Forty mugs", once=str(Quote.objects.count()), base="https://x"
            )
        assert made.outcome == "offered"
        return Quote.objects.order_by("since", "collected").last().collected

    visit(client_of_ours)
    with at(in_days(11)):
        assert offered() == 0
        visit(client_of_ours)
        assert offered() == 1
