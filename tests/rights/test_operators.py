"""The operator's side: due dates at a glance, words on record, two people for many."""

import json
import smtplib
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from kept import ledger, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.cli import main
from kept.keepers.accounts.models import User
from kept.keepers.rights import bulk, flows, listing
from kept.keepers.rights.models import Bulk, Request
from kept.vault.models import Subject
from tests.enrol import enrol
from tests.rights.person import ADDRESS, Asker, to, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BASE = "https://imprints.example"


def staff(name):
    user = User(username=name, display_name=f"The {name}", is_staff=True)
    user.set_password("harbour walnut quiet lantern")
    user.save()
    enrol(user)
    browser = Client()
    browser.force_login(user)
    return user, browser


@pytest.fixture
def desk(world):
    return staff("first")[1]


def text(response):
    return response.content.decode()


def test_the_list_shows_what_is_due_when_and_opens_nothing(zoe, desk, monkeypatch):
    zoe.confirm("erase", "my canary-91be words")
    work()
    seen = []
    monkeypatch.setattr(ledger, "record_now_many", seen.extend)
    page = text(desk.get("/console/requests/"))
    assert "Delete your data" in page
    assert "in 30 days" in page
    assert "canary" not in page
    assert seen == []


def test_overdue_stands_in_words_in_the_list_and_on_every_page(zoe, desk):
    zoe.confirm("correct")
    Request.objects.update(due=clock.today() - 3 * DAY)
    page = text(desk.get("/console/requests/?state=overdue"))
    assert "3 days overdue" in page
    sidebar = text(desk.get("/console/mail/"))
    assert "overdue or failing" in sidebar


def test_a_last_mail_that_was_refused_is_counted_shown_and_settled(zoe, desk, monkeypatch):
    zoe.confirm("access")

    def refused(self, messages):
        raise smtplib.SMTPDataError(554, b"no such user canary-91be")

    monkeypatch.setattr(EmailBackend, "send_messages", refused)
    work()
    row = Request.objects.get()
    assert (row.state, row.unsent) == ("done", "SMTPDataError 554")
    page = text(desk.get("/console/requests/?state=failing"))
    assert "a mail about it never left: SMTPDataError 554" in page
    assert "overdue or failing" in text(desk.get("/console/"))
    listed = CliRunner().invoke(main, ["request", "list", "--state", "failing", "--json"])
    assert [one["unsent"] for one in json.loads(listed.stdout)] == ["SMTPDataError 554"]
    own = f"/console/requests/{row.pk}/"
    assert "A mail about it never left" in text(desk.get(own))
    assert "It is settled." in text(desk.post(own, {"verb": "settle"}, follow=True))
    assert Request.objects.get().unsent == ""
    assert listing.counts()["failing"] == 0
    again = CliRunner().invoke(main, ["request", "settle", str(row.pk)])
    assert again.exit_code == 1


def test_what_was_written_is_opened_for_its_purpose_and_on_record(zoe, desk, monkeypatch):
    zoe.confirm("erase", "my canary-91be words")
    seen = []
    real = ledger.record_now_many
    monkeypatch.setattr(
        ledger, "record_now_many", lambda pairs: (seen.extend(pairs), real(pairs))[1]
    )
    page = text(desk.get(f"/console/requests/{Request.objects.get().pk}/"))
    assert "my canary-91be words" in page
    ((event, subject),) = seen
    assert (event.purpose, event.actor, subject) == ("answer-request", "staff", zoe.subject)


def test_before_the_proof_an_operator_reads_nothing(zoe, desk):
    zoe.ask("access", "my canary-91be words")
    page = text(desk.get(f"/console/requests/{Request.objects.get().pk}/"))
    assert "canary" not in page
    assert "not known yet who asks" in page


def test_a_refusal_has_a_reason_and_its_person_is_told_it_and_where_to_complain(zoe, desk):
    zoe.confirm("erase")
    path = f"/console/requests/{Request.objects.get().pk}/"
    assert desk.post(path, {"verb": "refuse", "reason": "tired"}).status_code == 422
    assert desk.post(path, {"verb": "refuse", "reason": "others"}).status_code == 302
    told = to(work(), heading="About your request")
    assert "belongs to another person" in str(told.body)
    assert "authority for data protection" in str(told.body)
    assert Request.objects.get().state == "refused"
    assert not Subject.objects.get(pk=zoe.subject).restricted, "set free again"


def test_two_operators_at_once_one_decides_and_the_other_is_told(zoe, desk):
    zoe.confirm("erase")
    request = Request.objects.get()
    _, second = staff("second")
    path = f"/console/requests/{request.pk}/"
    first_page, second_page = desk.get(path), second.get(path)
    assert "Refuse the request" in text(first_page)
    assert "Refuse the request" in text(second_page)
    given = {"verb": "refuse", "reason": "others"}
    assert desk.post(path, given)["Location"].endswith("done=request-refused")
    assert second.post(path, {"verb": "cancel"})["Location"].endswith("done=before")
    assert len([one for one in work() if one.to == [ADDRESS]]) == 1


def test_the_console_is_for_staff(zoe):
    for path in ("/console/requests/", "/console/requests/delete/"):
        assert zoe.browser.get(path).status_code == 302


def test_deleting_for_several_people_takes_a_second_operator(zoe, desk):
    other = Asker("bea.canary@example.org")
    other.inquire()
    _, second = staff("second")
    typed = f"{zoe.address}\n{other.address}\nnobody@example.org\n\n{zoe.address}"
    page = text(desk.post("/console/requests/delete/", {"addresses": typed}))
    assert "Proposed for 2 people" in page
    assert "1 address stands for nobody" in page
    work()
    assert set(Request.objects.values_list("state", flat=True)) == {"asked"}
    assert not Subject.objects.filter(restricted=True).exists(), "nothing happened"

    made = Bulk.objects.get()
    path = f"/console/requests/delete/{made.pk}/"
    own = desk.post(path, {"verb": "approve"})
    assert own["Location"].endswith("done=two-people")
    assert set(Request.objects.values_list("state", flat=True)) == {"asked"}
    assert "Approve" not in text(desk.get("/console/requests/"))
    assert "Approve" in text(second.get("/console/requests/"))
    assert second.post(path, {"verb": "approve"})["Location"].endswith("done=bulk-approve")
    told = [one for one in work() if "will be deleted" in one.subject]
    assert sorted(one.to[0] for one in told) == sorted([zoe.address, other.address])
    assert Subject.objects.filter(restricted=True).count() == 2
    assert second.post(path, {"verb": "approve"})["Location"].endswith("done=before")


def test_a_proposal_that_is_dropped_does_nothing(zoe, desk):
    one = User.objects.get(username="first")
    made = bulk.propose([zoe.address], by=one, base=BASE)
    desk.post(f"/console/requests/delete/{made.bulk}/", {"verb": "reject"})
    assert Request.objects.get().state == "cancelled"
    with pytest.raises(KeptError, match="R006"):
        bulk.approve(made.bulk, by=staff("second")[0])


def test_a_proposal_keeps_no_address(zoe, desk):
    desk.post("/console/requests/delete/", {"addresses": zoe.address})
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("kept_rights_bulk", "kept_rights_request", "kept_rights_link"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "canary" not in repr(cursor.fetchall())


def kept(*words):
    return CliRunner().invoke(main, ["request", *words], catch_exceptions=False)


def test_the_command_line_asks_lists_shows_runs_cancels_and_refuses(zoe):
    asked = kept("ask", "access", "--address", zoe.address, "--base", BASE, "--json")
    assert asked.exit_code == 0, asked.output
    id = json.loads(asked.output)["request"]
    assert "Was it you" in to(work()).subject, "whoever asks for somebody, they are asked"
    (listed,) = json.loads(kept("list", "--json").output)
    assert (listed["id"], listed["kind"], listed["channel"]) == (id, "access", "staff")
    line = next(one for one in kept("list").output.splitlines() if id in one)
    assert line.split()[1] == "access"
    assert "in 30 days" in line
    shown = json.loads(kept("show", id, "--json").output)
    assert shown["state"] == "asked"
    assert "canary" not in kept("show", id).output + kept("list", "--json").output
    assert kept("run", id).exit_code == 1, "nobody has confirmed it"
    assert json.loads(kept("cancel", id, "--json").output)["state"] == "cancelled"
    assert kept("cancel", id).exit_code == 1
    assert kept("refuse", id, "--reason", "others").exit_code == 1
    assert kept("show", str(zoe.subject)).exit_code == 1


def test_the_command_line_carries_a_request_a_step_further(zoe):
    zoe.confirm("access")
    id = str(Request.objects.get().pk)
    assert json.loads(kept("run", id, "--json").output)["state"] == "done"
    assert kept("list", "--state", "closed", "--json").output.count(id) == 1


def test_a_request_by_mail_is_confirmed_by_its_sender_first(zoe):
    """What mail in calls: the heading `access request` is such a request (UI-15)."""
    asked = flows.ask("access", channel="mail", address=zoe.address, base=BASE)
    assert asked.state == "asked"
    assert Request.objects.get().channel == "mail"
    assert "Was it you" in to(work()).subject


def test_the_badges_go_for_what_can_be_carried_out(zoe):
    from kept import promises
    from kept.promises import keeping

    left = keeping.unkept(promises.current().policy)
    for id in ("rights", "rights.access", "rights.correct", "rights.cease", "rights.erase"):
        assert id not in left
    assert "collect.request" not in left or "collect at request" not in left[
        "collect.request"
    ].missing  # fmt: skip
    assert vault.find("contact.email", zoe.address)
