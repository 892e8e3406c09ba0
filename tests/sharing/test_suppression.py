"""A suppressed address gets nothing for that purpose, however it came back."""

import shutil

import pytest

from kept import vault
from kept.conf import settings as kept_settings
from kept.keepers.sharing import delivering, flows, mailbox, outcomes
from kept.keepers.sharing.models import Mail
from tests.sharing.conftest import PERSON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mailbox(settings):
    settings.EMAIL_BACKEND = "kept.keepers.sharing.mailbox.SealedMailbox"
    shutil.rmtree(kept_settings().data / "mailbox", ignore_errors=True)
    yield
    for purpose in ("answer-inquiry", "news"):
        vault.key_store().suppressions.remove("email", PERSON, purpose)


def test_nothing_is_queued_for_a_suppressed_address(letter):
    vault.suppress("email", PERSON.upper(), "answer-inquiry")
    assert isinstance(flows.send_mail(**letter), outcomes.Denied)
    assert not Mail.objects.exists()


def test_an_address_suppressed_meanwhile_is_asked_about_right_before_the_mail_leaves(letter):
    queued = flows.send_mail(**letter)
    vault.suppress("email", PERSON, "answer-inquiry")
    denied = delivering.deliver(queued.mail)
    assert isinstance(denied, outcomes.Denied)
    assert denied.decision.missing == ("the person's own new consent",)
    assert mailbox.ids() == []


def test_another_purpose_is_not_suppressed(letter):
    vault.suppress("email", PERSON, "news")
    assert isinstance(flows.send_mail(**letter), outcomes.Queued)


def test_the_mails_of_an_erased_person_go_with_them_and_nobody_elses(letter):
    other = vault.find_or_make("email", "ada@canary.example")
    vault.set_choices(other.pk, consent=["answer-inquiry"])
    delivering.deliver(flows.send_mail(**letter).mail)
    second = letter | {"subject": other.pk, "to": "ada@canary.example"}
    delivering.deliver(flows.send_mail(**second).mail)
    assert len(mailbox.ids()) == 2
    done = vault.erase(letter["subject"])
    assert (done.done, done.expected, done.reached) == (True, 1, 1)
    assert len(mailbox.ids()) == 1
    assert mailbox.count(other.pk) == 1


def test_a_mail_that_came_in_during_the_erasure_is_swept(letter):
    delivering.deliver(flows.send_mail(**letter).mail)
    (path,) = (kept_settings().data / "mailbox").glob("*/*.sealed")
    late = path.read_bytes()
    vault.erase(letter["subject"])
    path.parent.mkdir()
    path.write_bytes(late)
    assert mailbox.sweep() == 1
    assert mailbox.sweep() == mailbox.count(letter["subject"]) == 0
    assert not path.exists()
