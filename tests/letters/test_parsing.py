"""Whatever comes, something is kept: nothing raises, nothing is lost, nothing tells the way."""

import email.message
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kept.keepers.letters.parsing import (
    DEEPEST,
    LONGEST_TEXT,
    Letter,
    Unreadable,
    file_name,
    head,
    parse,
    without_transport,
)

OURS = frozenset({"info@us.example"})
TRANSPORT = (
    b"Received: from laptop ([203.0.113.77]) by mx.us.example; Mon, 23 Nov 2026 09:14:32 +0000\r\n"
    b"X-Originating-IP: [203.0.113.77]\r\n"
    b"Date: Mon, 23 Nov 2026 09:14:32 +0000\r\n"
    b"Message-ID: <1763.203.0.113.77@laptop>\r\n"
    b"Authentication-Results: mx.us.example; dmarc=pass header.from=canary.example\r\n"
)
PLAIN = (
    TRANSPORT + b"From: =?utf-8?q?Zo=C3=AB?= <Zoe@Canary.example>\r\n"
    b"To: info@us.example\r\nSubject: =?utf-8?B?TXVncyDDpCBnb2dv?=\r\n\r\nForty mugs, please.\r\n"
)


def read(raw: bytes, mail_from: str = "zoe@canary.example") -> Letter:
    found = parse(raw, mail_from, OURS)
    assert isinstance(found, Letter)
    return found


def with_header(line: str) -> bytes:
    return line.encode() + b"\r\n" + PLAIN


def test_a_plain_mail():
    letter = read(PLAIN)
    assert (letter.sender, letter.name) == ("zoe@canary.example", "Zoë")
    assert letter.heading == "Mugs ä gogo"
    assert letter.text.strip() == "Forty mugs, please."
    assert (letter.kind, letter.enclosures) == ("letter", ())


def test_nothing_of_the_way_it_took_is_kept():
    kept = without_transport(PLAIN)
    assert b"203.0.113.77" not in kept
    assert b"09:14" not in kept
    assert b"Forty mugs" in kept
    assert b"Zoe@Canary.example" in kept


def test_nothing_of_the_way_of_a_mail_that_is_enclosed():
    message = EmailMessage()
    message["From"], message["Subject"] = "zoe@canary.example", "see below"
    message.set_content("look")
    inner = email.message_from_bytes(PLAIN, policy=email.policy.default)
    message.add_attachment(inner)
    letter = read(message.as_bytes(policy=email.policy.SMTP))
    (enclosed,) = letter.enclosures
    assert b"203.0.113.77" not in enclosed.content
    assert b"Forty mugs" in enclosed.content


def test_enclosures_keep_their_bytes_and_nothing_is_unpacked():
    bomb = b"PK\x03\x04" + b"\0" * 5000
    message = EmailMessage()
    message["From"] = "zoe@canary.example"
    message.set_content("see")
    message.add_attachment(bomb, maintype="application", subtype="zip", filename="../../a/b.zip")
    (enclosed,) = read(message.as_bytes(policy=email.policy.SMTP)).enclosures
    assert (enclosed.name, enclosed.content) == ("b.zip", bomb)


def test_a_mail_of_html_only_is_read_and_kept_as_it_came():
    message = EmailMessage()
    message["From"] = "zoe@canary.example"
    page = "<style>b{}</style><p>Forty <b>mugs</b><script>steal()</script></p><p>now"
    message.set_content(page, subtype="html")
    letter = read(message.as_bytes(policy=email.policy.SMTP))
    assert letter.text == "Forty mugs\nnow"
    assert b"steal()" in letter.enclosures[0].content


def test_a_long_text_is_kept_whole():
    raw = PLAIN + b"x" * (LONGEST_TEXT + 10)
    letter = read(raw)
    assert len(letter.text) == LONGEST_TEXT
    assert len(letter.enclosures[0].content) > LONGEST_TEXT


def test_null_bytes_and_controls_do_not_get_into_the_text():
    letter = read(PLAIN + b"a\x00b\x1bc")
    assert "\0" not in letter.text
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" in letter.text


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Auto-Submitted: auto-replied", "automatic"),
        ("Auto-Submitted: auto-generated; owner=x", "automatic"),
        ("Auto-Submitted: no", "letter"),
        ("Precedence: bulk", "automatic"),
        ("Precedence: first-class", "letter"),
        ("List-Id: news <n.example>", "automatic"),
        ("X-Autoreply: yes", "automatic"),
    ],
)
def test_mails_of_machines_are_told_apart(line, kind):
    assert read(with_header(line)).kind == kind


def test_our_own_mail_coming_back_is_a_machines():
    own = PLAIN.replace(b"Zoe@Canary.example", b"info@us.example")
    assert read(own).kind == "automatic"


@pytest.mark.parametrize("mail_from", ["", "<>"])
def test_a_mail_without_an_envelope_sender_is_a_bounce(mail_from):
    assert read(PLAIN, mail_from).kind == "bounce"


def test_a_report_is_a_bounce_and_tells_whom_it_is_about():
    raw = (
        b"From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report;"
        b" report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; Zoe@Canary.example\r\nAction: failed\r\n\r\n--b--\r\n"
    )
    letter = read(raw)
    assert (letter.kind, letter.about) == ("bounce", "zoe@canary.example")


@pytest.mark.parametrize(
    "senders",
    [
        b"From: a@x.example, b@x.example\r\n",
        b"From: a@x.example\r\nFrom: b@x.example\r\n",
        b"From: undisclosed\r\n",
        b"From: a@b@x.example\r\n",
        b'From: "a@x.example" <a\x00@x.example>\r\n',
        b"",
    ],
)
def test_who_is_not_one_plain_address_is_nobody(senders):
    letter = read(senders + b"Subject: x\r\n\r\nhello\r\n")
    assert letter.sender == ""
    assert letter.text.strip() == "hello"


def _nested(depth: int) -> bytes:
    begin = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at)
        for at in range(depth)
    )
    return b"From: a@x.example\r\n" + begin + b"\r\ndeep\r\n"


@pytest.mark.parametrize(
    "raw",
    [b"", b"\r\n\r\n", b"no header at all", b"\x00\xff\xfe", _nested(DEEPEST + 5), _nested(5000)],
    ids=["empty", "blank", "text", "binary", "deep", "very-deep"],
)
def test_what_nobody_can_read_is_kept_as_it_came(raw):
    found = parse(raw, "a@x.example", OURS)
    assert isinstance(found, Unreadable)
    assert found.raw == without_transport(raw)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.txt", "b.txt"),
        (".htaccess", "htaccess"),
        ("a\r\nX: b\x00.txt", "a X b\N{REPLACEMENT CHARACTER}.txt"),
        ("", "enclosure 1"),
        (None, "enclosure 1"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_file_is_named_by_a_name_only(given, name):
    assert file_name(given, 0) == name


def test_a_head_that_never_ends_properly_loses_nothing():
    letter = read(b"From: zoe@canary.example\r\nForty mugs, please.\r\n")
    assert letter.text.strip() == "Forty mugs, please."


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@x.example\r\n" + b" folded\r\n" * 400_000,
        b"From: a@x.example\r\nSubject: " + b"=?utf-8?q?=41?= " * 200_000,
        b"Authentication-Results: mx; (" * 1 + b"(" * 3_000_000,
        b"From: a@x.example\r\n\r\n" + b"--b\r\n" * 500_000,
        b'From: a@x.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\n\r\nx\r\n" * 200_000,
        b"From: a@x.example\r\nContent-Type: text/html\r\n\r\n" + b"<" * 1_000_000,
        b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
        b"From: a@x.example\r\nSubject: Re: " + b"re: " * 60_000 + b"\r\n\r\nx",
    ],
    ids=["folded", "words", "comments", "boundaries", "parts", "tags", "nested", "prefixes"],
)
def test_what_is_made_to_be_slow_is_kept_all_the_same(raw):
    """It ends, in time and memory that do not grow beyond what came."""
    found = parse(raw, "a@x.example", OURS)
    assert isinstance(found, Letter | Unreadable)


_LINES = st.lists(
    st.sampled_from(
        [
            b"From: a@x.example", b"From: =?utf-8?q?=C3=28?= <a@x>", b"Subject: =?x?y?z?=", b"",
            b'Content-Type: multipart/mixed; boundary="b"', b"--b", b"--b--", b" folded", b"\x00",
            b"Content-Transfer-Encoding: base64", b"Content-Type: text/plain; charset=nope",
            b"Content-Disposition: attachment; filename*=utf-8''%ff%", b"%%%", b"QUJD", b"=?=?=?",
            b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: x-uuencode", b"begin 6 x",
            b"Content-Type: multipart/report", b"Received: from [203.0.113.77]", b"\xff\xfe\xfd",
            b"Content-Type: text/html", b"<p><!DOCTYPE [<![CDATA[", b"&#x110000;", b"<a b=\x00'",
            b"Content-Type: message/delivery-status", b"Content-Type: text/plain; charset=utf-7",
            b"Content-Type: text/plain; charset=\x00", b"Content-Type: /", b"From: <>",
        ]
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=600), _LINES.map(b"\r\n".join), _LINES.map(b"\n".join)))
def test_no_mail_makes_the_parser_raise_and_none_is_lost(raw):
    found = parse(raw, "a@x.example", OURS)
    if isinstance(found, Unreadable):
        assert found.raw == without_transport(raw)
    else:
        assert "\0" not in found.text + found.heading + found.name + found.sender
        (found.text + found.heading + found.name).encode()
        assert all(one.name and "/" not in one.name for one in found.enclosures)
    assert not {key for key, _value in head(without_transport(raw)).fields} & {"received", "date"}


@settings(max_examples=200, deadline=None)
@example(" ", "utf-8")
@given(st.text(max_size=300), st.sampled_from(["utf-8", "latin-1", "cp1252"]))
def test_a_written_text_is_read_as_it_was_written(text, charset):
    try:
        text.encode(charset)
    except UnicodeError:
        charset = "utf-8"
    plain = "".join(one for one in text if one.isprintable())
    message = EmailMessage()
    message["From"] = "zoe@canary.example"
    message.set_content(plain, charset=charset if plain.strip() else "utf-8")
    said = plain if plain.strip() else ""  # spaces alone say nothing
    assert read(message.as_bytes(policy=email.policy.SMTP)).text.rstrip("\n") == said


def test_headers_are_read_as_they_came():
    found = head(PLAIN)
    assert found.one("to") == "info@us.example"
    assert found.all("authentication-results") == [
        "mx.us.example; dmarc=pass header.from=canary.example"
    ]
