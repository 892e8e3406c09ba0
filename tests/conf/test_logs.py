"""Log lines name nobody."""

import io
import logging

import pytest

from kept.conf.logs import MaskingFormatter, masked


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("from zoe.o+x@mail.example.org now", "from [email] now"),
        ("192.0.2.17:443 refused", "[ip]:443 refused"),
        ("peer 2001:db8::7 left", "peer [ip] left"),
        ("peer ::1 left", "peer [ip] left"),
        ("call +1 (212) 555-0100.", "call [number]."),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("card 4111111111111111", "card [number]"),
    ],
)
def test_what_looks_like_a_person_is_masked(given: str, kept: str) -> None:
    assert masked(given) == kept


@pytest.mark.parametrize(
    "plain",
    [
        "Internal Server Error: /request/",
        'File "/srv/app/views.py", line 1024, in get',
        "kept 0.1.0 on Django 5.2.19",
        "0f1e2d3c-4b5a-4697-8877-665544332211",
        "2016-03-16 is the policy in force",
    ],
)
def test_what_helps_to_repair_stays(plain: str) -> None:
    assert masked(plain) == plain


def test_a_traceback_is_masked_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    logger = logging.Logger("only.for.testing")
    logger.addHandler(handler)
    try:
        int("zoe@example.org")
    except ValueError:
        logger.exception("failed for %s", "zoe@example.org")
    assert "zoe" not in stream.getvalue()
    assert "ValueError: invalid literal for int() with base 10: '[email]'" in stream.getvalue()
