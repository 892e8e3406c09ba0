"""Requests are opened for answering, on record, and answered once, by mail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from kept import gate, vault
from kept.keepers.accounts.models import User
from kept.keepers.forms.models import Answer, Submission
from kept.keepers.sharing import delivering, mailbox
from kept.keepers.sharing.models import Mail
from kept.vault.models import Subject
from tests.console.conftest import INQUIRY, answering, write
from tests.enrol import enrol
from tests.posting import changed

pytestmark = pytest.mark.django_db
NO_PURPOSE = (
    '[purposes.answer-inquiry]                   # UI-08\nsays = "answer your requests for '
    'information or services"\nbasis = "consent"                           # UI-03\n'
    'kind = "communication"\n'
)


def text(response):
    return response.content.decode()


def test_the_list_shows_who_wrote_and_what(inquiry, desk):
    page = text(desk.get("/console/inbox/"))
    assert "Zoë Canary-4f1d" in page
    assert "Forty mugs canary-4f1d, please. Blue ones." in page
    assert f"/console/inbox/{inquiry.pk}/" in page


def test_a_request_shows_every_field_under_its_label_and_escaped(inquiry, desk):
    page = text(desk.get(f"/console/inbox/{inquiry.pk}/"))
    assert "What would you like to know?" in page
    assert "zoe.canary-4f1d@example.org" in page
    assert "Canary &amp; &lt;b&gt;Daughters&lt;/b&gt;" in page


def test_opening_is_recorded_with_purpose_person_and_operator(inquiry, desk, operator, openings):
    desk.get(f"/console/inbox/{inquiry.pk}/")
    ((event, subject),) = openings
    assert subject == inquiry.subject_id
    assert (event.purpose, event.actor, event.by) == ("answer-inquiry", "staff", str(operator.pk))
    assert {"contact.email", "communication.message"} <= set(event.categories)


def test_what_cannot_be_recorded_is_not_shown(inquiry, desk, monkeypatch):
    def fail(pairs):
        raise OSError("the ledger's disk is full")

    monkeypatch.setattr("kept.ledger.record_now_many", fail)
    desk.raise_request_exception = False
    response = desk.get(f"/console/inbox/{inquiry.pk}/")
    assert response.status_code == 500
    assert "canary-4f1d" not in text(response)


def test_an_answer_is_kept_with_the_request_and_mailed_to_that_person_only(inquiry, desk):
    response = desk.post(f"/console/inbox/{inquiry.pk}/", answering(desk, inquiry))
    assert response["Location"] == f"/console/inbox/{inquiry.pk}/?done=answered"
    page = text(desk.get(response["Location"]))
    assert "Dear Zoë, they are ready." in page
    assert "on its way" in page
    inquiry.refresh_from_db()
    assert inquiry.state == "answered"
    delivering.deliver(Mail.objects.get().pk)
    (mail,) = mailbox.read(mailbox.ids()[:1], gate.Actor("staff", "x"))
    assert (mail.to, mail.heading) == (INQUIRY["email"], "Your mugs")
    assert mail.text.strip() == "Dear Zoë, they are ready."


def test_an_answered_request_moves_to_its_tab(inquiry, desk):
    desk.post(f"/console/inbox/{inquiry.pk}/", answering(desk, inquiry))
    assert "canary-4f1d" not in text(desk.get("/console/inbox/"))
    for state in ("answered", "all"):
        assert "canary-4f1d" in text(desk.get(f"/console/inbox/?state={state}"))


def test_the_same_form_sent_twice_answers_once(inquiry, desk):
    form = answering(desk, inquiry)
    desk.post(f"/console/inbox/{inquiry.pk}/", form)
    again = desk.post(f"/console/inbox/{inquiry.pk}/", form)
    assert again["Location"].endswith("?done=twice")
    assert (Answer.objects.count(), Mail.objects.count()) == (1, 1)


def test_an_operator_who_was_overtaken_is_told_and_keeps_what_was_typed(inquiry, desk):
    other = Client()
    colleague = User.objects.create_user("op2", None, is_staff=True)
    enrol(colleague)
    other.force_login(colleague)
    mine, theirs = answering(desk, inquiry), answering(other, inquiry, text="From the other one.")
    other.post(f"/console/inbox/{inquiry.pk}/", theirs)
    response = desk.post(f"/console/inbox/{inquiry.pk}/", mine)
    assert response.status_code == 409
    assert "From the other one." in text(response)
    assert "Dear Zoë, they are ready." in text(response)
    assert Answer.objects.count() == 1
    again = {**mine, **{"seen": "1", "once": "another"}}
    assert desk.post(f"/console/inbox/{inquiry.pk}/", again).status_code == 302
    assert Answer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_the_same_moment_answer_once(inquiry, operator, desk):
    forms = [answering(desk, inquiry, text=f"Answer {number}") for number in range(4)]

    def send(form):
        client = Client()
        client.force_login(operator)
        try:
            return client.post(f"/console/inbox/{inquiry.pk}/", form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(send, forms))
    assert statuses == [302, 409, 409, 409]
    assert (Answer.objects.count(), Mail.objects.count()) == (1, 1)


BAD = {
    "a header in the subject": {"heading": "Hi\r\nBcc: all@example.org"},
    "a lone carriage return": {"heading": "Hi\rBcc: all@example.org"},
    "a line separator": {"heading": "Hi\u2028Bcc: all@example.org"},
    "null in the subject": {"heading": "Hi\x00"},
    "null in the text": {"text": "Hi\x00"},
    "an escape in the text": {"text": "Hi \x1b[31m"},
    "no text": {"text": "  "},
    "no subject": {"heading": ""},
    "too long a subject": {"heading": "x" * 201},
    "too long a text": {"text": "x" * 100_001},
    "no token": {"once": ""},
    "too long a token": {"once": "x" * 65},
    "no count": {"seen": ""},
    "a negative count": {"seen": "-1"},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_sent_is_refused_with_what_was_typed(inquiry, desk, bad):
    form = {**answering(desk, inquiry), "text": "Typed by hand.", **bad}
    response = desk.post(f"/console/inbox/{inquiry.pk}/", form)
    assert response.status_code == 422
    assert "text" in bad or "Typed by hand." in text(response)
    assert (Answer.objects.count(), Mail.objects.count()) == (0, 0)


def test_a_text_of_ten_megabytes_is_refused_unread(inquiry, desk):
    form = answering(desk, inquiry, text="x" * 10_000_000)
    assert desk.post(f"/console/inbox/{inquiry.pk}/", form).status_code in (400, 413)
    assert Answer.objects.count() == 0


def test_an_answer_needs_a_csrf_token(inquiry, desk, operator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    form = answering(desk, inquiry)
    assert client.post(f"/console/inbox/{inquiry.pk}/", form).status_code == 403
    assert Answer.objects.count() == 0


def test_looking_at_it_changes_nothing(inquiry, desk):
    before = Submission.objects.values().get()
    for path in ("/console/", "/console/inbox/", f"/console/inbox/{inquiry.pk}/"):
        desk.get(path, {"text": "x", "heading": "x", "once": "x"})
    assert Submission.objects.values().get() == before
    assert Answer.objects.count() == 0


def test_consent_withdrawn_withholds_that_persons_request_and_nobody_elses(inquiry, desk):
    write("/ask/", {**INQUIRY, "name": "Ida Other", "email": "ida@example.org"})
    vault.set_choices(inquiry.subject_id, withdraw=["answer-inquiry"])
    page = text(desk.get("/console/inbox/"))
    assert "Zoë" not in page
    assert "kept-withheld" in page
    assert "Ida Other" in page


def test_answering_somebody_who_withdrew_meanwhile_is_denied_with_reasons(inquiry, desk):
    form = answering(desk, inquiry)
    vault.set_choices(inquiry.subject_id, withdraw=["answer-inquiry"])
    response = desk.post(f"/console/inbox/{inquiry.pk}/", form)
    assert response.status_code == 409
    assert "there is no consent" in text(response)
    assert (Answer.objects.count(), Mail.objects.count()) == (0, 0)


def test_an_erased_persons_request_says_so(inquiry, desk):
    vault.key_store().keys.destroy(inquiry.subject_id)
    response = desk.get(f"/console/inbox/{inquiry.pk}/")
    assert response.status_code == 200
    assert "key is destroyed" in text(response)
    assert "Send the answer" not in text(response)
    assert desk.get("/console/inbox/").status_code == 200


def test_the_purpose_taken_out_of_the_policy_closes_inbox_and_request(inquiry, desk, post):
    post(
        changed(
            (NO_PURPOSE, ""),
            ('for = ["answer-inquiry"]', 'for = ["answer-request"]'),
            ('for = ["answer-inquiry", "answer-request"]', 'for = ["answer-request"]'),
        )
    )
    for path in ("/console/inbox/", f"/console/inbox/{inquiry.pk}/"):
        response = desk.get(path)
        assert response.status_code == 403
        page = text(response)
        assert "answer-inquiry" in page
        assert "Rule 1" in page
        assert "What you can do" in page
        assert "canary-4f1d" not in page
        assert "no-store" in response["Cache-Control"]
    assert desk.get("/console/").status_code == 200


def test_the_inbox_is_read_in_pages(usimprints, desk):
    from kept.console.inbox import A_PAGE

    for number in range(A_PAGE + 1):
        typed = {**INQUIRY, "name": f"Person {number:02}", "email": f"p{number}@example.org"}
        write("/ask/", typed)
    first, second = (text(desk.get(f"/console/inbox/?page={page}")) for page in (1, 2))
    assert first.count("Person ") == A_PAGE
    assert second.count("Person ") == 1
    assert Subject.objects.count() == A_PAGE + 1


def test_a_page_of_many_people_asks_the_databases_as_often_as_one_of_few(
    usimprints, desk, django_assert_max_num_queries
):
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (2, 12):
        while Submission.objects.count() < size:
            number = Submission.objects.count()
            write("/ask/", {**INQUIRY, "email": f"p{number}@example.org"})
        with CaptureQueriesContext(connection) as captured:
            desk.get("/console/inbox/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
