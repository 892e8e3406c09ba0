"""A mail becomes a row like everything that comes in: gated, sealed, on record, of its person."""

import pytest

from kept import gate, ledger, vault
from kept.keepers.consent.models import Consent
from kept.keepers.letters import listening, storing
from kept.keepers.letters.models import Enclosure, Letter
from kept.vault import files
from kept.vault.models import Subject
from tests.letters.conftest import ZOE, mail, take, values
from tests.posting import changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usimprints")]
RIGHTS = "answer-request"


def test_it_is_stored_sealed_and_opens_for_its_purpose():
    assert take(mail()) == "stored"
    row = Letter.objects.get()
    found = values(row)
    assert found["email"] == ZOE
    assert found["name"] == "Zoë"
    assert found["message"].strip() == "Forty mugs canary-9d3f, please."
    assert found["heading"] == "Mugs"
    assert b"canary" not in bytes(Letter.objects.values_list("sealed", flat=True).get())
    assert (row.kind, row.state, row.proven) == ("letter", "new", True)


def test_it_belongs_to_whoever_the_address_stands_for():
    subject = vault.find_or_make("email", ZOE)
    take(mail())
    assert Letter.objects.get().subject_id == subject.pk


def test_writing_is_agreeing_to_be_answered_with_the_notice_as_it_was_posted():
    take(mail())
    consent = Consent.objects.get()
    assert (consent.purpose, consent.point) == ("answer-inquiry", "mail")
    assert consent.shown.text.startswith("Given by writing an email.")
    assert "answer your requests" in consent.shown.text


def test_a_mail_that_proves_nobody_changes_nobodys_choices_and_is_read_for_rights_only():
    subject = vault.find_or_make("email", ZOE)
    vault.set_choices(subject.pk, withdraw=["answer-inquiry"])
    assert take(mail(proven=False)) == "stored"
    assert not Consent.objects.exists()
    row = Letter.objects.get()
    assert row.proven is False
    assert row.subject_id == subject.pk
    assert isinstance(values(row)["message"], gate.Sealed)
    assert values(row, RIGHTS)["message"].startswith("Forty")


def test_a_forged_word_of_another_server_proves_nobody():
    forged = "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org\r\n"
    take(mail(proven=False, more=forged))
    assert Letter.objects.get().proven is False


def test_the_way_it_took_is_nowhere(settings):
    take(mail())
    found = values(Letter.objects.get())
    text = str(found)
    assert "203.0.113.77" not in text
    assert "09:14" not in text


def test_it_is_on_record(monkeypatch):
    seen = []
    real = ledger.record

    def note(event, *rest, **named):
        seen.append(event)
        return real(event, *rest, **named)

    monkeypatch.setattr(ledger, "record", note)
    take(mail())
    (event,) = [one for one in seen if isinstance(one, ledger.Collected)]
    assert event.point == "mail"
    assert event.row == Letter.objects.get().pk
    assert event.categories == ("communication.email", "contact.email", "identity.name")


def test_two_mails_without_an_id_that_say_the_same_on_two_days_are_two():
    """`access request` with nothing below it, this year and the next."""
    plain = mail(heading="access request", text="").replace(
        b"Message-ID: <one@laptop.example>\r\n", b""
    )
    later = plain.replace(b"Date: Mon, 23 Nov 2026", b"Date: Tue, 23 Nov 2027")
    assert [take(plain), take(plain), take(later)] == ["stored", "twice", "stored"]


def test_a_forged_copy_that_came_first_does_not_swallow_the_proven_mail():
    assert [take(mail(proven=False)), take(mail())] == ["stored", "stored"]


def test_the_same_mail_twice_is_kept_once():
    assert [take(mail()), take(mail())] == ["stored", "twice"]
    again = mail().replace(b"Received: from laptop", b"Received: from relay")
    assert take(again) == "twice"
    assert Letter.objects.count() == 1
    assert take(mail(id="two")) == "stored"


def test_what_came_with_it_is_a_sealed_file(settings):
    raw = mail(
        more='MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n',
        text="--b\r\n\r\nlook\r\n--b\r\nContent-Type: image/png\r\n"
        'Content-Disposition: attachment; filename="logo.png"\r\n\r\nPNG canary-9d3f\r\n--b--',
    )
    assert take(raw) == "stored"
    enclosed = Enclosure.objects.get()
    with gate.purpose("answer-inquiry"):
        opened = files.open(enclosed.file)
        assert (opened.name, opened.media_type) == ("logo.png", "image/png")
        assert b"canary-9d3f" in b"".join(opened.parts)
    assert b"canary" not in files.path_of(enclosed.file_id).read_bytes()


def test_what_nobody_can_read_is_kept_sealed_as_it_came():
    raw = b"\x00\x01 canary-9d3f without any head"
    assert take(raw) == "stored"
    row = Letter.objects.get()
    assert (row.kind, row.proven) == ("unreadable", False)
    with gate.purpose(RIGHTS):
        assert b"".join(files.open(row.enclosures.get().file).parts) == raw


def test_a_bounce_belongs_to_whom_the_mail_was_sent_to_and_consents_to_nothing():
    subject = vault.find_or_make("email", ZOE)
    report = (
        b"From: mailer-daemon@mx.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; "
        + ZOE.encode()
        + b"\r\n\r\n--b--\r\n"
    )
    assert take(report, "") == "stored"
    row = Letter.objects.get()
    assert (row.kind, row.subject_id) == ("bounce", subject.pk)
    assert not Consent.objects.exists()


def test_a_bounce_about_somebody_unknown_makes_nobody_known():
    report = (
        b"From: mailer-daemon@mx.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Final-Recipient: rfc822; else@example.org\r\n\r\n--b--\r\n"
    )
    assert take(report, "") == "stored"
    assert vault.find("email", "else@example.org") is None


def test_a_policy_without_the_point_takes_no_mail(post):
    text = changed(("[collect.mail]", "[collect.post]"), ("[collect.mail.", "[collect.post."))
    post(text.replace("[collect.mail.", "[collect.post."))
    assert take(mail()) == "refused"
    assert not Letter.objects.exists()
    said = listening.listening()
    assert listening.addresses(said) == frozenset()


def test_where_nothing_of_it_may_be_collected_it_is_refused_and_not_half_kept(post):
    """A clause for consent alone: who proves nothing has given none."""
    post(changed(('for = ["answer-inquiry", "answer-request"]', 'for = ["answer-inquiry"]')))
    assert take(mail(proven=False)) == "refused"
    assert not Letter.objects.exists()
    assert take(mail()) == "stored"


def test_a_store_that_fails_keeps_nothing_of_it(monkeypatch, settings):
    def fail(*_, **__):
        raise OSError("no space")

    monkeypatch.setattr("kept.keepers.letters.storing.ledger.record", fail)
    with pytest.raises(OSError, match="no space"):
        take(mail())
    assert not Letter.objects.exists()
    assert not Consent.objects.exists()


@pytest.mark.parametrize("state", ["restricted", "ceased"])
def test_who_asked_us_to_hold_still_can_write_to_us_all_the_same(state):
    subject = vault.find_or_make("email", ZOE)
    vault.set_limits(subject.pk, **{state: True})
    assert take(mail()) == "stored"


def test_known_and_unknown_addresses_are_answered_alike():
    vault.find_or_make("email", ZOE)
    assert take(mail()) == take(mail(sender="else@example.org")) == "stored"
    assert Subject.objects.count() == 2


def test_an_address_that_no_mail_can_reach_finds_nobody():
    raw = mail().replace(f"<{ZOE}>".encode(), b"<zoe@[127.0.0.1]>")
    assert take(raw) == "stored"
    assert Letter.objects.get().proven is False
    assert storing.own_senders()


def test_the_ledger_misses_a_mail_that_was_written_around_it():
    take(mail())
    assert not _findings()
    Letter.objects.filter().update(point="inquiry")
    assert _findings()


def _findings() -> list[str]:
    """Of rows that were edited; other tests leave rows and events of their own behind."""
    return [str(one) for one in ledger.check_whole().findings if one.code.id == "L032"]
