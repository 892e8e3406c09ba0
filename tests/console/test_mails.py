"""Mails that did not leave are decided about; the local mailbox shows what would leave."""

import pytest

from kept import vault
from kept.keepers.sharing import delivering, mailbox
from kept.keepers.sharing.models import Mail
from tests.console.conftest import answering, nobody

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


@pytest.fixture
def answered(inquiry, desk):
    """An answer that waits to leave."""
    desk.post(f"/console/inbox/{inquiry.pk}/", answering(desk, inquiry))
    return Mail.objects.get()


@pytest.fixture
def failed(answered, settings):
    """An answer that no server took."""
    Mail.objects.update(state="failed", failure="SMTPDataError 554")
    return answered


def test_a_failed_mail_is_shown_without_what_it_says(failed, desk):
    page = text(desk.get("/console/mail/"))
    assert "SMTPDataError 554" in page
    assert "answer-inquiry" in page
    assert "canary-4f1d" not in page
    assert "they are ready" not in page


def test_a_failed_mail_is_counted_on_every_page(failed, desk):
    assert "not delivered" in text(desk.get("/console/inbox/"))


def test_a_failed_mail_is_tried_again_once(failed, desk):
    form = {"verb": "again", "mail": str(failed.pk)}
    assert desk.post("/console/mail/", form)["Location"].endswith("done=again")
    assert desk.post("/console/mail/", form)["Location"].endswith("done=before")
    delivering.deliver(failed.pk)
    assert len(mailbox.ids()) >= 1
    assert not Mail.objects.exists()


def test_a_failed_mail_is_given_up(failed, desk):
    form = {"verb": "given-up", "mail": str(failed.pk)}
    assert desk.post("/console/mail/", form)["Location"].endswith("done=given-up")
    assert not Mail.objects.exists()


def test_a_get_decides_nothing(failed, desk):
    desk.get("/console/mail/", {"verb": "given-up", "mail": str(failed.pk)})
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("mail", ["", "x", "\x00"])
def test_a_malformed_mail_is_not_found(usimprints, desk, mail):
    assert desk.post("/console/mail/", {"verb": "again", "mail": mail}).status_code == 404


def test_the_mailbox_shows_what_would_leave_as_plain_text(answered, desk, openings):
    delivering.deliver(answered.pk)
    id = mailbox.ids()[0]
    page = text(desk.get("/mailbox/"))
    assert "zoe.canary-4f1d@example.org" in page
    assert f"/mailbox/{id}/" in page
    assert "Dear Zoë, they are ready." in text(desk.get(f"/mailbox/{id}/"))
    assert {subject for _, subject in openings} == {answered.subject_id}


def test_markup_in_a_mail_stays_text(inquiry, desk):
    form = answering(desk, inquiry, text="<script>alert(1)</script>", heading="<b>Hi</b>")
    desk.post(f"/console/inbox/{inquiry.pk}/", form)
    delivering.deliver(Mail.objects.get().pk)
    id = mailbox.ids()[0]
    for page in (desk.get("/mailbox/"), desk.get(f"/mailbox/{id}/")):
        assert "<script>" not in text(page)
        assert "&lt;b&gt;Hi" in text(page)


def test_a_withdrawn_persons_mail_is_withheld(answered, desk):
    delivering.deliver(answered.pk)
    vault.set_choices(answered.subject_id, withdraw=["answer-inquiry"])
    id = mailbox.ids()[0]
    for page in (desk.get("/mailbox/"), desk.get(f"/mailbox/{id}/")):
        assert "canary-4f1d" not in text(page)
        assert "Withheld" in text(page)


def test_a_mail_that_is_not_in_the_mailbox_is_not_found(usimprints, desk):
    assert desk.get(f"/mailbox/{nobody()}/").status_code == 404
