"""A message is one letter to one recipient, and nothing that was typed becomes a header."""

import email
import email.policy
import uuid
from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMessage
from hypothesis import given
from hypothesis import strategies as st

from kept._kit.errors import KeptError
from kept.keepers.sharing.compose import LONGEST_HEADING, Letter, compose
from kept.keepers.sharing.deciding import Origin

AT = datetime(2026, 3, 4, 5, 6, 47, 123, tzinfo=UTC)
ID = uuid.UUID("6f1c3a52-6f0a-4a39-9d55-0d8f5b7f6f10")
ORIGIN = Origin(uuid.uuid4(), "answer-inquiry", "inquiry", 0)
INJECTIONS = {
    "line feed": "Hello\nBcc: all@example.org",
    "carriage return": "Hello\rBcc: all@example.org",
    "both": "Hello\r\nBcc: all@example.org",
    "folded": "Hello\r\n Bcc: all@example.org",
    "next line": "Hello\x85Bcc: all@example.org",
    "line separator": "Hello\u2028Bcc: all@example.org",
    "vertical tab": "Hello\x0bBcc: all@example.org",
    "null": "Hello\x00",
    "lone surrogate": "Hello\ud800",
    "empty": "  ",
    "too long": "x" * (LONGEST_HEADING + 1),
}
ADDRESSES = {
    "two addresses": "zoe@example.org, max@example.org",
    "a name before it": "Zoe <zoe@example.org>",
    "a second header": "zoe@example.org\nBcc: max@example.org",
    "a trailing line feed": "zoe@example.org\n",
    "no domain": "zoe",
    "nothing": "",
    "null": "zoe\x00@example.org",
    "not ASCII": "zoë@example.org",
}


def made(letter: Letter) -> EmailMessage:
    return compose(letter, ORIGIN, mail_id=ID, at=AT)


def read(message: EmailMessage) -> email.message.EmailMessage:
    return email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)


@pytest.mark.parametrize("heading", INJECTIONS.values(), ids=INJECTIONS.keys())
def test_a_heading_that_is_not_one_line_is_refused(heading):
    with pytest.raises(KeptError) as caught:
        Letter("zoe@example.org", heading, "Hello")
    assert caught.value.code.id == "S002"


@pytest.mark.parametrize("to", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_a_recipient_that_is_not_one_plain_address_is_refused_and_not_repeated(to):
    with pytest.raises(KeptError) as caught:
        Letter(to, "Hello", "Hello")
    assert caught.value.code.id == "S001"
    assert "zoe" not in str(caught.value)


@pytest.mark.parametrize("text", ["", " \n", "a\x00b", "a\x1bb", "a\ud800", "x" * 100_001])
def test_a_text_with_control_characters_or_none_at_all_is_refused(text):
    with pytest.raises(KeptError) as caught:
        Letter("zoe@example.org", "Hello", text)
    assert caught.value.code.id == "S003"


def test_the_message_carries_one_recipient_and_no_machine_name(settings):
    settings.DEFAULT_FROM_EMAIL = "USimprints <office@usimprints.example>"
    message = read(made(Letter("zoe@example.org", "Your mugs", "Dear Zoë,\r\n\tyes.\n")))
    assert message["To"] == "zoe@example.org"
    assert message["Cc"] is None
    assert message["Bcc"] is None
    assert message["Message-ID"] == f"<{ID.hex}@usimprints.example>"
    assert message["Date"] == "Wed, 04 Mar 2026 05:06:00 +0000"
    assert message.get_content() == "Dear Zoë,\n\tyes.\n"


def test_a_letter_does_not_print_what_it_says():
    assert "zoe" not in repr(Letter("zoe@example.org", "Your mugs", "Dear Zoë"))


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=200))
def test_whatever_is_typed_the_message_has_only_the_headers_we_set(heading, text):
    try:
        letter = Letter("zoe@example.org", heading, text)
    except KeptError:
        return
    message = read(made(letter))
    assert set(message.keys()) == {
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
        *("Subject", "From", "To", "Date", "Message-ID"),
    }
    assert message["Subject"].replace(" ", "") == heading.replace(" ", "")
