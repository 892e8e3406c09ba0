"""The local mailbox: sealed files, shown as the gate says, closed with the person's key."""

import os
import shutil
import stat
from uuid import uuid4

import pytest
from django.core.mail import send_mail
from django.test import override_settings

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.conf import settings as kept_settings
from kept.keepers.sharing import delivering, flows, mailbox, outcomes
from tests.sharing.conftest import CANARY, PERSON

pytestmark = pytest.mark.django_db
STAFF = gate.Actor("staff", "an-operator")


def folder():
    return kept_settings().data / "mailbox"


@pytest.fixture(autouse=True)
def _mailbox(settings):
    settings.EMAIL_BACKEND = "kept.keepers.sharing.mailbox.SealedMailbox"
    shutil.rmtree(folder(), ignore_errors=True)


@pytest.fixture
def recorded(monkeypatch):
    """What was recorded about openings, in order."""
    seen = []
    real = ledger.record_now_many

    def note(pairs):
        listed = list(pairs)
        seen.extend(listed)
        return real(listed)

    monkeypatch.setattr(ledger, "record_now_many", note)
    return seen


@pytest.fixture
def arrived(letter):
    with gate.purpose("answer-inquiry"):
        queued = flows.send_mail(**letter)
    assert delivering.deliver(queued.mail) == outcomes.Sent()
    (id,) = mailbox.ids()
    return id


def test_a_mail_is_one_file_that_nobody_else_reads_and_nothing_in_it_is_clear(arrived):
    (path,) = folder().glob("*/*")
    raw = path.read_bytes()
    for typed in (CANARY, PERSON, "Zoë", "Subject", "answer-inquiry"):
        assert typed.encode() not in raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700


def test_staff_read_it_as_its_recipient_would_and_that_is_recorded_first(
    arrived, letter, person, recorded
):
    (mail,) = mailbox.read([arrived], STAFF)
    assert (mail.to, mail.heading) == (PERSON, letter["heading"])
    assert mail.text.strip() == letter["text"]
    ((event, subject),) = recorded
    assert subject == person.pk
    assert (event.purpose, event.actor, event.by) == ("answer-inquiry", "staff", "an-operator")


def test_what_cannot_be_recorded_is_not_shown(arrived, monkeypatch):
    def fail(pairs):
        list(pairs)
        raise OSError("the disk is full")

    monkeypatch.setattr(ledger, "record_now_many", fail)
    with pytest.raises(OSError, match="full"):
        mailbox.read([arrived], STAFF)


def test_consent_withdrawn_afterwards_withholds_it_unrecorded(arrived, person, recorded):
    vault.set_choices(person.pk, withdraw=["answer-inquiry"])
    (mail,) = mailbox.read([arrived], STAFF)
    assert isinstance(mail, mailbox.Closed)
    assert "Withheld" in mail.says
    assert recorded == []


def test_with_the_persons_key_gone_it_is_closed_for_good(arrived, person):
    vault.key_store().keys.destroy(person.pk)
    (mail,) = mailbox.read([arrived], STAFF)
    assert isinstance(mail, mailbox.Closed)
    assert "key" in mail.says


def test_who_is_erased_while_staff_look_closes_their_own_mail_only(arrived, person, monkeypatch):
    send_mail("Stock", "All is there.", "shop@example.org", ["shop@example.org"])
    record = ledger.record_now_many

    def erase_first(pairs):
        vault.erase_keys(person.pk)
        return record(pairs)

    monkeypatch.setattr(ledger, "record_now_many", erase_first)
    shown = {one.id: one for one in mailbox.read(mailbox.ids(), STAFF)}
    assert isinstance(shown.pop(arrived), mailbox.Closed)
    assert [type(one) for one in shown.values()] == [mailbox.Shown]


def test_a_changed_file_is_an_error_and_not_a_blank(arrived):
    (path,) = folder().glob("*/*")
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(KeptError) as caught:
        mailbox.read([arrived], STAFF)
    assert caught.value.code.id == "V002"


def test_mails_of_other_apps_are_sealed_too(person):
    send_mail(f"About {CANARY}", "words", "site@example.org", ["root@example.org"])
    (path,) = folder().glob("*/*")
    assert CANARY.encode() not in path.read_bytes()
    (mail,) = mailbox.read(mailbox.ids(), STAFF)
    assert mail.heading == f"About {CANARY}"


def test_the_newest_is_first_and_other_files_are_left_alone(person):
    for number in range(3):
        send_mail(f"Number {number}", "words", "site@example.org", ["root@example.org"])
        path = next(folder().glob(f"*/{mailbox.ids()[0]}.sealed"))
        os.utime(path, (number + 1, number + 1)) if number < 2 else None
    (folder() / "site").mkdir(exist_ok=True)
    (folder() / "site" / "notes.sealed").write_bytes(b"x")
    (folder() / "site" / "half.part").write_bytes(b"x")
    headings = [mail.heading for mail in mailbox.read(mailbox.ids(), STAFF)]
    assert headings[0] == "Number 2"
    assert len(headings) == 3


def test_a_mail_that_goes_while_the_list_is_made_is_not_in_it(arrived):
    theirs = next(folder().glob(f"*/{arrived}.sealed")).parent
    (theirs / f"{uuid4()}.sealed").symlink_to(theirs / "gone")
    (folder() / uuid4().hex).symlink_to(folder() / "gone")
    assert mailbox.ids() == [arrived]


def test_an_empty_mailbox_is_empty(person):
    assert mailbox.ids() == []


def test_a_mail_that_is_not_there_is_closed(person, unknown):
    (mail,) = mailbox.read([unknown], STAFF)
    assert isinstance(mail, mailbox.Closed)


def test_the_folder_follows_the_settings(settings, tmp_path):
    with override_settings(KEPT={**settings.KEPT, "DATA": tmp_path / "elsewhere"}):
        assert mailbox.ids() == []
