"""News for those who asked, one message to each, with a way out that works by one click."""

import re

import pytest
from django.core import mail
from django.test import Client

from kept import gate, ledger, vault
from kept.keepers.consent import flows as consent
from kept.keepers.mailings import flows, sending
from kept.keepers.mailings.models import Mailing, Subscription
from kept.keepers.sharing.models import Mail
from kept.vault.models import Subject
from tests.accounts.person import PASSWORD, TYPED, deliver, link_in
from tests.mailings.asking import ask
from tests.posting import changed

NEWS, OTHER = "consent-news", "consent-other-information"


def text(response) -> str:
    return response.content.decode()


def subscribe(address, *boxes, **more):
    """Ask for mails at the page, and confirm it from the mailbox where a mail came."""
    asked = ask(address, *boxes, **more)
    for message in deliver():
        if "/news/confirm/" in message.body:
            assert Client().post(link_in(message)).status_code == 200
    return asked


def write(desk, purpose="news", **changed):
    path = f"/console/news/{purpose}/"
    once = re.search(r'name="once" value="([^"]+)"', text(desk.get(path)))[1]
    given = {"heading": "New mugs", "text": "They are here.", "once": once, **changed}
    return desk.post(path, given)


def send(desk, purpose="news", **changed):
    assert write(desk, purpose, **changed)["Location"].endswith("?done=mailing")
    sending.send(Mailing.objects.latest("pk").pk)
    return deliver()


def test_each_kind_is_a_choice_of_its_own(world):
    assert subscribe("a@example.org", NEWS)["Location"] == "/news/thanks/"
    assert subscribe("b@example.org", OTHER).status_code == 302
    assert subscribe("c@example.org", NEWS, OTHER).status_code == 302
    assert subscribe("d@example.org").status_code == 422
    in_force = gate.in_force()
    masks = sorted(Subject.objects.values_list("consented", flat=True))
    wanted = [["news"], ["other-information"], ["news", "other-information"]]
    assert masks == sorted(in_force.mask(one) for one in wanted)


def test_the_answer_is_the_same_whether_an_address_is_known(world):
    first, again = subscribe("a@example.org", NEWS), subscribe("a@example.org", OTHER)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b@c", "x" * 300 + "@a.org", "a@b.org\r\nBcc: c@d.org", "a@ex\u00e4mple.org"],
)
def test_what_is_no_address_is_refused(world, address):
    assert subscribe(address, NEWS).status_code == 422
    assert not Subscription.objects.exists()


def test_a_mail_goes_to_those_who_asked_for_its_kind_one_message_to_each(world, desk):
    for address, boxes in (("a@e.org", [NEWS]), ("b@e.org", [OTHER]), ("c@e.org", [NEWS, OTHER])):
        subscribe(address, *boxes)
    sent = send(desk)
    assert sorted(one.to for one in sent) == [["a@e.org"], ["c@e.org"]]
    assert not [one for one in sent if one.cc or one.bcc]
    sent = send(desk, "other-information")
    assert sorted(one.to for one in sent) == [["b@e.org"], ["c@e.org"]]


def test_every_mail_has_the_postal_address_and_a_way_out(world, desk):
    subscribe("a@e.org", NEWS)
    (message,) = send(desk)
    assert "100 Example Street" in message.body
    address = f"http://testserver{link_in(message)}"
    assert message.extra_headers["List-Unsubscribe"] == f"<{address}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_policy_without_a_postal_address_sends_nothing(world, desk, post):
    subscribe("a@e.org", NEWS)
    post(changed(('post = "USimprints, 100 Example Street, Springfield, IL 62701, USA"\n', "")))
    response = write(desk)
    assert response.status_code == 422
    assert "postal address" in text(response)
    assert not Mailing.objects.exists()


def test_looking_at_the_link_ends_nothing_and_one_click_ends_it(world, desk):
    subscribe("a@e.org", NEWS)
    (message,) = send(desk)
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(link_in(message))
    assert page.status_code == 200
    assert "<form" in text(page)
    assert send(desk, heading="Second")
    one_click = {"List-Unsubscribe": "One-Click"}
    done = Client(enforce_csrf_checks=True).post(link_in(message), one_click)
    assert done.status_code == 200
    assert not done.cookies
    assert send(desk, heading="Third") == []
    assert Client().post(link_in(message), one_click).status_code == 200


def test_ending_one_kind_leaves_the_other_and_ending_both_forgets_the_address(world, desk):
    subscribe("a@e.org", NEWS, OTHER)
    (message,) = send(desk)
    Client().post(link_in(message))
    assert send(desk, heading="Second") == []
    (other,) = send(desk, "other-information")
    Client().post(link_in(other))
    assert not Subscription.objects.exists()


def test_everything_can_be_ended_with_one_press(world, desk):
    subscribe("a@e.org", NEWS, OTHER)
    (message,) = send(desk)
    Client().post(link_in(message), {"everything": "1"})
    assert send(desk, "other-information") == []
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("token", ["x", "é", "a" * 5000, "WyJ4Il0:x:y", "%00"])
def test_a_forged_link_ends_nothing(world, desk, token):
    subscribe("a@e.org", NEWS)
    assert Client().post(f"/news/unsubscribe/{token}/").status_code in (400, 404)
    assert len(send(desk)) == 1


def test_who_takes_it_back_between_writing_and_sending_gets_nothing(world, desk):
    subscribe("a@e.org", NEWS)
    subscribe("b@e.org", NEWS)
    write(desk)
    consent.withdraw(vault.find("email", "a@e.org"), ["news"])
    sending.send(Mailing.objects.get().pk)
    consent.withdraw(vault.find("email", "b@e.org"), ["news"])
    assert deliver() == []
    assert Mail.objects.get().state == "denied"


def test_who_stopped_all_use_gets_nothing(world, desk):
    subscribe("a@e.org", NEWS)
    vault.set_limits(vault.find("email", "a@e.org"), ceased=True)
    assert send(desk) == []


def test_sending_goes_on_after_a_crash_without_a_second_mail(world, desk, monkeypatch):
    for n in range(5):
        subscribe(f"p{n}@e.org", NEWS)
    monkeypatch.setattr(sending, "BATCH", 2)
    write(desk)
    real, calls = sending._one, []

    def crash(mailing, row):
        calls.append(row)
        if len(calls) == 4:
            raise RuntimeError("the machine stops")
        return real(mailing, row)

    monkeypatch.setattr(sending, "_one", crash)
    with pytest.raises(RuntimeError):
        sending.send(Mailing.objects.get().pk)
    sending.send(Mailing.objects.get().pk)
    assert sorted(one.to[0] for one in deliver()) == [f"p{n}@e.org" for n in range(5)]
    assert Mailing.objects.get().queued == 5


def test_an_address_that_is_not_on_file_any_more_stops_nobody_elses_mail(world, desk):
    for name in ("a@e.org", "b@e.org", "c@e.org"):
        subscribe(name, NEWS)
    vault.release("contact.email", "b@e.org", vault.find("email", "b@e.org"))
    assert sorted(one.to[0] for one in send(desk)) == ["a@e.org", "c@e.org"]
    assert (Mailing.objects.get().queued, Mailing.objects.get().denied) == (2, 1)


def test_a_double_click_sends_once(world, desk):
    subscribe("a@e.org", NEWS)
    once = "one and the same form"
    done = [write(desk, once=once)["Location"].partition("done=")[2] for _ in range(2)]
    assert done == ["mailing", "before"]
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [{"heading": ""}, {"heading": "a\r\nBcc: x@y.z"}, {"text": ""}, {"text": "x" * 9000},
     {"text": "a\x00b"}],
)  # fmt: skip
def test_what_cannot_be_a_mail_is_refused(world, desk, typed):
    assert write(desk, **typed).status_code == 422
    assert not Mailing.objects.exists()


def test_news_end_when_their_purpose_leaves_the_policy_and_say_so(world, desk, post):
    subscribe("a@e.org", NEWS, OTHER)
    write(desk)
    post(without("news"))
    response = desk.get("/console/news/news/")
    assert response.status_code == 403
    assert "Rule 1" in text(response)
    sending.send(Mailing.objects.get().pk)
    assert deliver() == []
    page = text(Client().get("/news/"))
    assert NEWS not in page
    assert OTHER in page
    assert len(send(desk, "other-information")) == 1


def without(purpose: str) -> str:
    whole = changed()
    start = whole.index(f"[purposes.{purpose}]")
    clause = whole[start : whole.index("[purposes.", start + 5)]
    return changed(
        (clause, ""), ('for = ["news", "other-information"]', 'for = ["other-information"]')
    )


def test_the_page_is_closed_with_the_decision_where_the_clause_is_gone(world, post):
    whole = changed()
    point = whole[whole.index("[collect.news]") : whole.index("[collect.request]")]
    mail_clauses = [
        whole[whole.index(f"[purposes.{one}]") : whole.index(f"[purposes.{after}]")]
        for one, after in (
            ("news", "other-information"),
            ("other-information", "publish-testimonial"),
        )
    ]
    post(changed((point, ""), *((one, "") for one in mail_clauses)))
    response = Client().get("/news/")
    assert response.status_code == 410
    assert "Rule 1" in text(response)


def test_a_client_asks_for_news_in_the_account_and_ends_them_there(desk, client_of_ours):
    choose(client_of_ours, "transaction", "news")
    (message,) = send(desk)
    assert message.to == [TYPED["email"]]
    choose(client_of_ours, "transaction")
    assert send(desk, heading="Second") == []
    assert not Subscription.objects.exists()


def choose(person, *purposes):
    page = text(person.browser.get("/account/choices/"))
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    person.browser.post("/account/choices/", {"seen": seen, "choice": purposes})


def test_the_address_of_the_account_alone_is_never_used_for_news(desk, client_of_ours):
    consent.give(
        client_of_ours.user().person, point="news", purposes=["news"], shown="not at the point"
    )
    assert send(desk) == []


def test_mails_follow_a_client_to_their_new_address(desk, client_of_ours):
    choose(client_of_ours, "news")
    ask = {"address": "new@example.org", "password": PASSWORD}
    client_of_ours.browser.post("/account/address/", ask)
    (message,) = deliver()
    Client().post(link_in(message))
    deliver()
    assert [one.to for one in send(desk)] == [["new@example.org"]]


def test_an_erased_person_is_in_no_list(desk, client_of_ours, transactional_db):
    choose(client_of_ours, "news")
    done = vault.erase(client_of_ours.user().person)
    assert done.done
    assert not Subscription.objects.exists()
    assert send(desk) == []


def test_what_is_sent_is_on_record_per_person(world, desk, monkeypatch):
    subscribe("a@e.org", NEWS)
    seen = []
    real = ledger.record
    monkeypatch.setattr(ledger, "record", lambda *a, **k: seen.append(a) or real(*a, **k))
    send(desk)
    events = [(one.purpose, who) for one, who in seen if isinstance(one, ledger.Sent)]
    assert events == [("news", vault.find("email", "a@e.org"))]


def test_nothing_of_a_subscription_stands_in_clear(world):
    from django.db import connection

    subscribe("canary-31bc@example.org", NEWS, name="Zoë Canary-31bc")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str([[bytes(x) if isinstance(x, memoryview) else x for x in row]
                        for row in cursor.fetchall()])  # fmt: skip
            assert "31bc" not in rows, table
    assert ["31bc" in one.subject + one.body for one in mail.outbox] == [False]
    assert flows.recipients("news").count() == 1


def test_who_ended_mails_gets_none_however_the_address_comes_back(world, desk, transactional_db):
    subscribe("a@e.org", NEWS, OTHER)
    (message,) = send(desk)
    Client().post(link_in(message))
    assert vault.suppressed("email", "a@e.org", "news")
    assert not vault.suppressed("email", "a@e.org", "other-information")
    row = Subscription.objects.get()
    with gate.purpose("other-information", actor=gate.Actor("staff", "op")):
        flows.keep(row.subject_id, {"email": "a@e.org"}, ["news"], "imported")
    assert send(desk, heading="Second") == []
    assert vault.suppressed("email", "a@e.org", "news")


def test_only_asking_for_them_anew_lifts_it(world, desk, transactional_db):
    subscribe("a@e.org", NEWS)
    (message,) = send(desk)
    Client().post(link_in(message))
    assert vault.suppressed("email", "a@e.org", "news")
    subscribe("a@e.org", NEWS)
    assert not vault.suppressed("email", "a@e.org", "news")
    assert len(send(desk, heading="Second")) == 1


def test_one_person_with_two_addresses_gets_mails_once_and_only_where_both_want_them(
    world, desk, transactional_db
):
    subscribe("a@e.org", NEWS, OTHER)
    subscribe("b@e.org", NEWS)
    a, b = (vault.find("email", f"{one}@e.org") for one in "ab")
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", "op")):
        vault.merge(a, b, by="op")
    assert [list(message.to) for message in send(desk)] == [["b@e.org"]]
    assert send(desk, "other-information") == []
    assert {one.purpose for one in consent.standing(b)} == {"news"}
    assert vault.find("email", "a@e.org") == b
