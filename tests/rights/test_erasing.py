"""Deleting: restricted at once, everyone told, a delay with a way back, then nothing is left."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError

from kept import gate, vault
from kept._kit import clock
from kept.keepers.forms.models import Submission
from kept.keepers.rights import listing, progress, sweeping
from kept.keepers.rights.models import Link, Request, Words
from kept.keepers.rights.states import State
from kept.vault.models import Subject
from tests.posting import changed
from tests.rights.person import ADDRESS, Asker, link_in, to, work

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def later(span):
    return clock.only_for_testing_at(clock.now() + span)


def delayed(asker):
    """Asked, confirmed, told."""
    page = asker.confirm("erase", "I am canary-91be and I leave.")
    assert page.status_code == 302
    return work()


def erased(asker):
    """The subject's id, after the whole way."""
    subject = asker.subject
    delayed(asker)
    with later(4 * DAY):
        mails = work()
    return subject, mails


def test_the_data_is_not_used_from_the_moment_of_the_proof(zoe):
    zoe.ask("erase")
    path = link_in(to(work()))
    assert not Subject.objects.get(pk=zoe.subject).restricted
    zoe.browser.post(path, {"answer": "yes"})
    assert Subject.objects.get(pk=zoe.subject).restricted
    with gate.purpose("answer-inquiry"):
        assert isinstance(Submission.objects.get().open("email"), gate.Sealed)


def test_every_address_on_file_is_told_with_a_way_back(zoe):
    other = "zoe.second-91be@example.org"
    with gate.purpose("answer-inquiry"):
        vault.claim("contact.email", other, zoe.subject)
    zoe.inquire(email=other)
    told = delayed(zoe)
    warned = [one for one in told if "will be deleted" in one.subject]
    assert sorted(one.to[0] for one in warned) == sorted([ADDRESS, other])
    path = link_in(to(warned, other), "cancel")
    assert zoe.browser.get(path).status_code == 200
    assert Request.objects.get().state == "delayed", "looking changes nothing"
    assert "Nothing is deleted" in zoe.browser.post(path).content.decode()
    assert Request.objects.get().state == "cancelled"
    assert not Subject.objects.get(pk=zoe.subject).restricted, "used as before"
    assert zoe.browser.post(path).status_code == 410
    with later(10 * DAY):
        work()
        sweeping.sweep()
    assert vault.find("contact.email", ADDRESS) == zoe.subject


def test_nothing_is_destroyed_before_the_delay_is_over(zoe):
    delayed(zoe)
    with later(2 * DAY):
        work()
        assert Request.objects.get().state == "delayed"
        assert Submission.objects.exists()


def test_after_the_delay_nothing_is_left_and_the_last_mail_says_so_before(zoe):
    subject, mails = erased(zoe)
    (last,) = [one for one in mails if "being deleted now" in one.subject]
    assert last.to == [ADDRESS]
    assert "Nothing of it stays" in str(last.body)
    assert vault.find("contact.email", ADDRESS) is None
    assert Subject.objects.get(pk=subject).state == "erased"
    assert not Submission.objects.exists()
    assert not Words.objects.exists(), "what was typed with the request goes too"
    assert not Link.objects.exists()
    request = Request.objects.get()
    assert request.state == "done"
    assert request.expected == request.reached > 0
    page = zoe.browser.get(link_in(last, "status")).content.decode()
    assert "Your data is deleted" in page
    assert f"{request.reached} of {request.expected} entries" in page
    assert "canary" not in page


def test_requests_themselves_keep_no_address(zoe):
    """The flaw of others: the record of the request is where the person survives."""
    erased(zoe)
    from django.apps import apps
    from django.db import connection

    with connection.cursor() as cursor:
        for model in apps.get_app_config("kept_rights").get_models():
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert "canary" not in repr(cursor.fetchall())


def test_a_mail_server_that_is_down_holds_the_last_mail_up_and_not_the_erasure(zoe, monkeypatch):
    delayed(zoe)

    def down(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", down)
    id, attempts = Request.objects.get().pk, 0
    with later(4 * DAY):
        while Request.objects.get().state != "done":
            Request.objects.update(again=None)
            progress.go_on(id)
            attempts += 1
            assert attempts < 10
    assert 1 < attempts <= 6
    assert not Submission.objects.exists()
    request = Request.objects.get()
    assert (request.failure, request.unsent) == ("", "ConnectionRefusedError")
    assert listing.counts()["failing"] == 1


def test_a_crash_after_the_last_mail_does_not_send_it_twice(zoe, monkeypatch):
    delayed(zoe)
    id = Request.objects.get().pk

    def crash(subject):
        raise KeyboardInterrupt

    before = len(mail.outbox)
    with later(4 * DAY):
        with monkeypatch.context() as killed:
            killed.setattr(vault, "erase", crash)
            with pytest.raises(KeyboardInterrupt):
                progress.go_on(id)
        assert Submission.objects.exists()
        Request.objects.update(lease=None)
        progress.go_on(id)
    assert Request.objects.get().state == "done"
    assert len(mail.outbox) == before + 1


def test_one_table_that_cannot_be_purged_stops_no_other_and_is_tried_again(zoe, monkeypatch):
    from kept.vault import purging

    delayed(zoe)
    real = purging._purge

    def fail(holding, *rest):
        if holding.label == "kept_consent.Consent":
            raise DatabaseError("locked")
        return real(holding, *rest)

    with later(4 * DAY):
        with monkeypatch.context() as broken:
            broken.setattr(purging, "_purge", fail)
            work()
        request = Request.objects.get()
        assert request.state == "working", "not everything was reached: it is not done"
        assert "kept_consent.Consent" in request.failure
        assert not Submission.objects.exists(), "the others are gone"
        page = sweeping.sweep()
        assert "taken up" not in page or request.again is not None
        Request.objects.update(again=None)
        work()
    request.refresh_from_db()
    assert (request.state, request.failure) == ("done", "")


def test_what_a_law_keeps_is_told_before_the_address_is_gone(zoe, post):
    statute = (
        '[statutes.trade]\nsays = "the law on trade letters"\n\n[collect.inquiry]',
        'keep = "2 years"\nstatute = "trade"\ndeclining = "we cannot answer you"',
    )
    post(
        changed(
            ("[collect.inquiry]", statute[0]),
            ('keep = "2 years"\ndeclining = "we cannot answer you"\n[collect.inquiry.required]',
             f"{statute[1]}\n[collect.inquiry.required]"),
        )
    )  # fmt: skip
    zoe.inquire(message="under the law canary-law")
    _, mails = erased(zoe)
    (last,) = [one for one in mails if "being deleted now" in one.subject]
    assert "What we have to keep all the same" in str(last.body)
    assert "the law on trade letters asks for it, until" in str(last.body)
    assert Submission.objects.count() == 1, "the row under the law stays"


def test_an_open_request_of_another_kind_ends_with_its_person(zoe):
    zoe.confirm("correct")
    erased(zoe)
    other = Request.objects.get(kind="correct")
    work()
    sweeping.sweep()
    other.refresh_from_db()
    assert other.closed is not None
    assert "canary" not in repr(other.__dict__)


def test_a_person_who_comes_back_is_a_new_person(zoe):
    before, _ = erased(zoe)
    zoe.inquire()
    assert zoe.subject != before


def test_an_erasure_that_began_cannot_be_taken_back_and_says_so(zoe):
    told = delayed(zoe)
    path = link_in(next(one for one in told if "will be deleted" in one.subject), "cancel")
    with later(4 * DAY):
        assert zoe.browser.get(path).status_code == 410
        assert zoe.browser.post(path).status_code == 410


def test_a_clock_that_jumps_years_ahead_destroys_nothing_without_telling_again(zoe):
    delayed(zoe)
    request = Request.objects.get()
    with later(5 * 365 * DAY):
        told = work()
        request.refresh_from_db()
        assert request.state == "delayed"
        assert request.starts > clock.now()
        assert [one for one in told if "will be deleted" in one.subject]
        assert Submission.objects.exists()
    work()  # the clock is right again
    request.refresh_from_db()
    assert request.state == "delayed"
    assert request.starts < clock.now() + 4 * DAY, "it is not put off for years either"
    with later(4 * DAY):
        work()
    request.refresh_from_db()
    assert request.state == "done"


def test_a_standstill_of_years_erases_after_a_new_delay_and_not_never(zoe):
    delayed(zoe)
    with later(3 * 365 * DAY):
        work()
        sweeping.sweep()
        assert Request.objects.get().state == "delayed"
        with later(4 * DAY):
            work()
            assert Request.objects.get().state == "done"


@pytest.mark.parametrize("state", ["asked", "verified", "delayed", "working"])
def test_killed_at_any_state_it_goes_on_by_the_clock_alone(zoe, state, monkeypatch):
    """The process dies in each state: the queue forgets all, the sweep takes it up."""
    from kept.keepers.rights import queue

    waiting = []
    monkeypatch.setattr(queue, "_later", lambda name, id, seconds: waiting.append((name, id)))

    def sweep_and_work():
        waiting.clear()  # whatever a queue held is lost
        sweeping.sweep()
        for name, id in list(waiting):
            if name == "mail":
                from kept.keepers.rights import writing

                writing.write(id)
            else:
                progress.go_on(id)

    def reach(wanted):
        zoe.ask("erase")
        if wanted == "asked":
            return
        sweep_and_work()
        zoe.browser.post(link_in(mail.outbox[-1]), {"answer": "yes"})
        if wanted != "verified":
            sweep_and_work()

    reach(state)
    if state == "asked":
        sweep_and_work()
        zoe.browser.post(link_in(mail.outbox[-1]), {"answer": "yes"})
    if state in ("asked", "verified"):
        assert Request.objects.get().state == "verified"
        sweep_and_work()
    assert Request.objects.get().state == "delayed"
    sweep_and_work()
    with later(4 * DAY):
        if state == "working":
            Request.objects.update(state=State.WORKING, lease=clock.now() + timedelta(minutes=1))
            sweep_and_work()
            assert Request.objects.get().state == "working", "somebody has it"
        with later(timedelta(minutes=20)):
            sweep_and_work()
    assert Request.objects.get().state == "done"
    assert not Submission.objects.exists()


def test_the_operators_notice_names_nobody(zoe):
    told = delayed(zoe)
    notice = next(one for one in told if one.to == ["info@usimprints.example.org"])
    assert "delete your data" in str(notice.body)
    assert "canary" not in str(notice.body) + notice.subject
    assert str(zoe.subject) not in str(notice.body)


def test_a_spoofed_request_does_nothing_but_write_to_the_holder(zoe):
    """Somebody else asks to delete, stop or fetch: the holder of the address alone decides."""
    stranger = Asker(zoe.address)
    for kind in ("access", "erase", "correct"):
        stranger.ask(kind)
    work()
    person = Subject.objects.get(pk=zoe.subject)
    assert (person.restricted, person.ceased, person.state) == (False, False, "active")
    assert {one.to[0] for one in mail.outbox} == {zoe.address}
    with later(2 * DAY):
        sweeping.sweep()
    assert set(Request.objects.values_list("state", flat=True)) == {"lapsed"}
    assert not Link.objects.exists()
