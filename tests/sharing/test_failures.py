"""A failure is kept as its kind; the address in an exception's text is not."""

import smtplib

import pytest

from kept.keepers.sharing import failures

WHO = "zoe@canary.example"
CASES = {
    "mailbox unknown": (
        smtplib.SMTPRecipientsRefused({WHO: (550, b"no " + WHO.encode())}),
        "SMTPRecipientsRefused 550",
        True,
    ),
    "mailbox busy": (
        smtplib.SMTPRecipientsRefused({WHO: (450, b"later")}),
        "SMTPRecipientsRefused 450",
        False,
    ),
    "text refused": (smtplib.SMTPDataError(554, b"spam"), "SMTPDataError 554", True),
    "greylisted": (smtplib.SMTPDataError(451, b"later"), "SMTPDataError 451", False),
    "sender refused": (
        smtplib.SMTPSenderRefused(553, b"no", WHO), "SMTPSenderRefused 553", True,
    ),
    "our password is wrong": (
        smtplib.SMTPAuthenticationError(535, b"no"), "SMTPAuthenticationError 535", False,
    ),
    "server gone": (smtplib.SMTPServerDisconnected(WHO), "SMTPServerDisconnected", False),
    "nobody listens": (ConnectionRefusedError(111, WHO), "ConnectionRefusedError", False),
    "too slow": (TimeoutError(WHO), "TimeoutError", False),
    "a mistake of ours": (ValueError(WHO), "ValueError", False),
}  # fmt: skip


@pytest.mark.parametrize(("error", "kind", "final"), CASES.values(), ids=CASES.keys())
def test_the_kind_of_a_failure_and_whether_it_is_final(error, kind, final):
    assert failures.of(error) == failures.Failure(kind, final)
    assert "zoe" not in str(failures.of(error))
