"""Asking on the site, and what nobody learns by it."""

import pytest
from django.core import mail

from kept import vault
from kept._kit.errors import KeptError
from kept.keepers.rights import flows, writing
from kept.keepers.rights.models import Link, Request, Words
from kept.ledger.models import Outbox
from kept.vault.models import Subject
from tests.rights.person import Asker, link_in, to, work

pytestmark = pytest.mark.django_db
BASE = "https://imprints.example"


def text(response):
    return response.content.decode()


def test_the_centre_offers_what_the_policy_offers_with_its_terms(zoe):
    page = text(zoe.browser.get("/privacy/requests/"))
    for title in ("A copy of your data", "Correct your data", "Delete your data"):
        assert title in page
    assert "a small fee where we have set one" in page
    assert "Keep your data, but do not use it" not in page, "the policy has no [rights.restrict]"
    assert "support@usimprints.example.org" in page


def test_the_privacy_page_is_one_click_from_the_centre(zoe):
    assert 'href="/privacy/requests/"' in text(zoe.browser.get("/privacy/"))


def test_each_form_says_what_happens_by_when_and_at_what_price(zoe):
    page = text(zoe.browser.get("/privacy/requests/erase/"))
    assert "3 days" in page
    assert "take it back" in page
    assert "collect.request" in page, "the notice of its collection point"
    assert zoe.browser.get("/privacy/requests/restrict/").status_code == 404


def test_known_and_unknown_addresses_get_the_same_answer(zoe):
    known = zoe.ask("access")
    unknown = Asker("nobody@example.org").ask("access")
    assert known["Location"] == unknown["Location"] == "/privacy/requests/sent/"
    assert text(zoe.browser.get(known["Location"])) == text(zoe.browser.get(unknown["Location"]))
    rows = Request.objects.values_list("kind", "state", "subject", "channel")
    assert set(rows) == {("access", "asked", None, "web")}
    assert {one.subject_id for one in Link.objects.all()} == {None}


def test_known_and_unknown_addresses_get_the_same_mail(zoe):
    zoe.ask("access")
    Asker("nobody@example.org").ask("access")
    first, second = work()
    path = link_in(first, "confirm"), link_in(second, "confirm")
    assert first.subject == second.subject
    assert str(first.body).replace(path[0], "") == str(second.body).replace(path[1], "")
    assert zoe.address not in str(first.body)


def test_asking_asks_the_database_the_same_questions_for_every_address(
    zoe, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for address in (zoe.address, "nobody@example.org"):
        with CaptureQueriesContext(connection) as seen:
            flows.ask("access", channel="web", address=address, base=BASE)
        counts.append([one["sql"].split()[0] for one in seen.captured_queries])
    assert counts[0] == counts[1]


def test_nothing_happens_before_the_button_is_pressed(zoe):
    zoe.ask("erase")
    path = link_in(to(work()))
    before = (Subject.objects.get(pk=zoe.subject).restricted, Request.objects.get().state)
    for _ in range(3):
        assert zoe.browser.get(path).status_code == 200
    after = (Subject.objects.get(pk=zoe.subject).restricted, Request.objects.get().state)
    assert before == after == (False, "asked")


def test_a_link_works_once(zoe):
    zoe.ask("access")
    path = link_in(to(work()))
    assert zoe.browser.post(path, {"answer": "yes"}).status_code == 302
    again = zoe.browser.post(path, {"answer": "yes"})
    assert again.status_code == 410
    assert zoe.browser.get(path).status_code == 410
    assert Request.objects.count() == 1


def test_a_forged_link_opens_nothing(zoe):
    zoe.ask("access")
    path = link_in(to(work()))
    for wrong in (path[:-4] + "AAA/", "/privacy/requests/confirm/x/"):
        assert zoe.browser.get(wrong).status_code == 410
        assert zoe.browser.post(wrong).status_code == 410
    assert Request.objects.get().state == "asked"


def test_a_link_of_one_step_opens_no_other(zoe):
    zoe.ask("erase")
    path = link_in(to(work()))
    for word in ("cancel", "fetch", "change"):
        assert zoe.browser.post(path.replace("confirm", word)).status_code == 410


def test_it_was_not_me_closes_the_request_and_forgets_what_was_typed(zoe):
    zoe.ask("erase", "delete everything")
    path = link_in(to(work()))
    page = zoe.browser.post(path, {"answer": "no"})
    assert "Nothing is done" in text(page)
    assert Request.objects.get().state == "cancelled"
    assert not Link.objects.exists()
    assert not Words.objects.exists()


def test_an_unknown_address_learns_only_after_proof_that_nothing_is_held(zoe):
    other = Asker("nobody@example.org")
    other.ask("access")
    path = link_in(to(work(), other.address))
    page = text(other.browser.post(path, {"answer": "yes"}))
    assert "We hold nothing about you" in page
    told = to(work(), other.address)
    assert "holds no personal data under this address" in str(told.body)
    request = Request.objects.get()
    assert (request.state, request.outcome, request.subject) == ("done", "nothing", None)
    assert vault.find("email", other.address) is None
    assert not Link.objects.exists(), "the address is not kept"


def test_asking_too_often_for_one_address_is_slowed_down_whoever_it_is(zoe):
    other = Asker("nobody@example.org")
    for one in (zoe, other):
        for _ in range(5):
            assert one.ask("access").status_code == 302
        slow = one.ask("access")
        assert slow.status_code == 429
        assert "Too many requests" in text(slow)


def test_a_robot_and_a_wrong_address_store_nothing(zoe):
    assert zoe.ask("access", **{"kept-leave-empty": "x"}).status_code == 302
    assert zoe.ask("access", email="zoe@").status_code == 422
    assert zoe.ask("access", email="zoë@example.org").status_code == 422
    assert not Request.objects.exists()


def test_a_form_sent_twice_asks_once(zoe):
    token = zoe.browser.get("/privacy/requests/access/").context["token"]
    given = {"kept-form": token, "email": zoe.address}
    assert zoe.browser.post("/privacy/requests/access/", given).status_code == 302
    assert zoe.browser.post("/privacy/requests/access/", given).status_code == 409
    assert Request.objects.count() == 1


def test_what_was_typed_is_sealed_from_the_first_moment(zoe):
    zoe.ask("access", "my canary-secret words")
    raw = b"".join(bytes(one.sealed) for one in Link.objects.all())
    assert b"canary" not in raw
    path = link_in(to(work()))
    zoe.browser.post(path, {"answer": "yes"})
    words = Words.objects.get()
    assert words.subject_id == zoe.subject
    assert b"canary" not in bytes(words.sealed)


def test_an_unknown_right_and_a_request_about_nobody_are_refused(world):
    with pytest.raises(KeptError, match="R001"):
        flows.ask("forget", channel="web", address="a@example.org", base=BASE)
    with pytest.raises(KeptError, match="R002"):
        flows.ask("access", channel="mail", address="not an address", base=BASE)
    with pytest.raises(KeptError, match="R002"):
        flows.ask("access", channel="account", base=BASE)
    with pytest.raises(KeptError, match="R003"):
        flows.ask("access", channel="mail", address="a@example.org")
    assert not Request.objects.exists()


def test_every_step_is_on_record_and_none_says_who(zoe, monkeypatch):
    from kept import ledger

    seen = []
    real = ledger.record

    def note(event, subject, using="default"):
        seen.append((type(event).__name__, event, subject))
        return real(event, subject, using)

    monkeypatch.setattr(ledger, "record", note)
    zoe.confirm("access")
    work()
    kinds = [name for name, _, _ in seen]
    for name in ("Requested", "Progressed", "Answered"):
        assert name in kinds
    first = next(one for one in seen if one[0] == "Requested")
    assert first[2] is None, "nobody is known yet"
    assert first[1].row is None, "nothing links it to what comes"
    assert zoe.address not in repr(seen)


def test_a_mail_that_does_not_leave_is_tried_again_and_not_sent_twice(zoe, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend

    zoe.ask("access")
    link = Link.objects.get()

    def down(self, messages):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", down)
        done = writing.write(link.pk)
        assert (done.word, done.again) == ("later", 60)
        assert writing.write(link.pk).word == "nothing", "not before its time"
    Link.objects.update(again=None)
    assert writing.write(link.pk).word == "sent"
    assert writing.write(link.pk).word == "nothing"
    assert len(mail.outbox) == 1
    assert Outbox.objects.exists()


def test_where_the_policy_asks_for_the_password_the_mail_leads_to_the_account(post, zoe):
    from tests.posting import changed

    post(changed(("[rights.erase]", '[rights.erase]\nproof = "password"')))
    zoe.ask("erase")
    told = to(work())
    assert "/account/data/" in str(told.body)
    assert "confirm" not in str(told.body)
