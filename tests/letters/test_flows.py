"""Mails are answered where their sender is proven, and start the requests that they ask for."""

import pytest
from django.core import mail as outbox
from django.core.management import call_command

from kept import gate, vault
from kept.keepers.consent.models import Consent
from kept.keepers.letters import flows, passing
from kept.keepers.letters.models import Letter, Reply
from kept.keepers.rights.models import Request
from kept.keepers.sharing import delivering
from kept.keepers.sharing.models import Mail
from kept.vault import files
from tests.letters.conftest import ZOE, mail, take
from tests.posting import changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usimprints")]
BASE = "https://us.example.org"


def answer(row, once="1", **more):
    with gate.purpose("answer-inquiry", actor=gate.Actor("staff", "ann")):
        return flows.answer(row.pk, "They are ready.", heading="Re: Mugs", once=once, **more)


def came(**changed):
    take(mail(**changed))
    return Letter.objects.get()


def test_an_answer_goes_to_whoever_wrote_and_is_kept_with_the_mail():
    row = came()
    assert answer(row).outcome == "queued"
    delivering.deliver(Mail.objects.get().pk)
    (sent,) = outbox.outbox
    assert sent.to == [ZOE]
    assert Reply.objects.get().letter_id == row.pk
    row.refresh_from_db()
    assert row.state == "answered"


def test_one_form_answers_once_and_another_operators_answer_is_noticed():
    row = came()
    assert answer(row).outcome == "queued"
    assert answer(row).outcome == "twice"
    assert answer(row, once="2", seen=0).outcome == "overtaken"
    assert Reply.objects.count() == 1


def test_nobody_is_answered_whose_address_is_not_proven():
    row = came(proven=False)
    assert answer(row).outcome == "unproven"
    assert not Mail.objects.exists()


def test_an_operator_who_found_out_may_answer_and_that_is_the_consent():
    row = came(proven=False)
    assert flows.confirm(row.pk)
    assert not flows.confirm(row.pk)
    assert Consent.objects.get().purpose == "answer-inquiry"
    assert answer(row).outcome == "queued"


def test_a_machine_is_never_answered():
    row = came(more="Auto-Submitted: auto-replied\r\n")
    assert answer(row).outcome == "machine"
    assert not flows.confirm(row.pk)


def test_consent_withdrawn_since_then_is_respected():
    row = came()
    vault.set_choices(row.subject_id, withdraw=["answer-inquiry"])
    assert answer(row).outcome == "denied"


def test_the_tabs_hold_each_mail_once():
    take(mail(id="1"))
    take(mail(id="2", proven=False))
    take(mail(id="3", more="Precedence: bulk\r\n"))
    take(b"\x00 unreadable")
    counts = {tab: flows.list_for(tab).count() for tab in ("new", "check", "done", "machines")}
    assert counts == {"new": 1, "check": 2, "done": 0, "machines": 1}
    assert flows.waiting() == 3
    for row in flows.list_for("check"):
        assert flows.set_aside(row.pk)
    assert flows.list_for("done").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Access Request", "access"),
        ("RE: change details", "correct"),
        ("=?utf-8?q?delete_my_details?=", "erase"),
        ("unsubscribe", "cease"),
    ],
)
def test_a_heading_of_the_policy_starts_the_request(post, heading, kind):
    post(changed(('places = ["US"]', f'places = ["US"]\nurl = "{BASE}"')))
    take(mail(heading=heading))
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    row = Letter.objects.get()
    request = Request.objects.get()
    assert (row.state, row.request) == ("passed", request.pk)
    assert (request.kind, request.channel) == (kind, "mail")
    assert not Consent.objects.filter(purpose="answer-inquiry").exists()
    assert [one.to for one in outbox.outbox] == [[ZOE]]


@pytest.mark.django_db(transaction=True)
def test_it_starts_once_however_often_the_job_runs(post):
    post(changed(('places = ["US"]', f'places = ["US"]\nurl = "{BASE}"')))
    row = came(heading="access request")
    assert passing.pass_on(row.pk) == "passed"
    assert passing.pass_on(row.pk) == "over"
    assert Request.objects.count() == 1


@pytest.mark.parametrize(
    "changed_",
    [
        {"proven": False},
        {"more": "Auto-Submitted: auto-replied\r\n"},
        {"more": "List-Id: <x.example>\r\n"},
        {"heading": "my access request"},
    ],
    ids=["not-proven", "auto-reply", "list", "other-words"],
)
def test_nothing_else_starts_one(changed_):
    row = came(**{"heading": "access request", **changed_})
    assert passing.pass_on(row.pk) in ("not proven", "over")
    assert not Request.objects.exists()
    row.refresh_from_db()
    assert row.state == "new"


def test_an_operator_starts_one_of_free_words():
    row = came(heading="please", text="Send me all you have on me.")
    assert flows.pass_on(row.pk, "access", base=BASE) == "passed"
    assert Request.objects.get().kind == "access"
    assert flows.pass_on(row.pk, "access", base=BASE) == "over"


def test_without_the_sites_address_it_stays_with_the_operator():
    row = came(heading="access request")
    assert passing.pass_on(row.pk) == "R003"
    row.refresh_from_db()
    assert row.state == "new"
    assert passing.pass_on(row.pk, base=BASE) == "passed"


def test_mails_and_what_came_with_them_go_with_their_person(transactional_db):
    row = came(
        more='MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n',
        text="--b\r\n\r\nlook\r\n--b\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--",
    )
    path = files.path_of(row.enclosures.get().file_id)
    assert path.exists()
    assert vault.erase(row.subject_id).done
    assert not Letter.objects.exists()
    assert not path.exists()
