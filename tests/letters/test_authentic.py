"""A sender is proven by the receiving server alone, not by what only looks like its word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.keepers.letters.authentic import aligned

US = "mx.us.example"
ZOE = "zoe@canary.example"
PASS = f"{US}; dmarc=pass (p=reject dis=none) header.from=canary.example"


@pytest.mark.parametrize(
    "header",
    [
        PASS,
        f"{US} 1; dmarc=pass header.from=canary.example",
        f"{US}; spf=fail smtp.mailfrom=x.example; dmarc=pass header.from=canary.example; dkim=none",
        f'{US}; dmarc=pass reason="a; b" header.from=canary.example',
        "(by us) MX.US.Example ; DMARC=Pass header.From=Canary.Example",
        f'{US}; dmarc=pass header.from="canary.example"',
    ],
)
def test_the_word_of_the_receiving_server(header):
    assert aligned([header], US, ZOE)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["mx.evil.example; dmarc=pass header.from=canary.example"],
        [f"{US}.evil.example; dmarc=pass header.from=canary.example"],
        [f"evil.{US}; dmarc=pass header.from=canary.example"],
        [f"({US}); dmarc=pass header.from=canary.example"],
        [f'"{US} x"; dmarc=pass header.from=canary.example'],
        [f"{US} 2; dmarc=pass header.from=canary.example"],
        [f"{US}; none"],
        [f"{US}; dmarc=fail header.from=canary.example"],
        [f"{US}; dmarc=none header.from=canary.example"],
        [f"{US}; dmarc=pass"],
        [f"{US}; dmarc=pass header.from=evil.example"],
        [f"{US}; dmarc=pass header.from=sub.canary.example"],
        [f"{US}; dmarc=pass header.from=canary.example header.from=evil.example"],
        [f"{US}; dmarc=pass header.from=evil.example header.from=canary.example"],
        [f"{US}; spf=pass smtp.mailfrom=canary.example; dkim=pass header.d=canary.example"],
        [f"{US}; spf=pass (dmarc=pass header.from=canary.example)"],
        [f'{US}; spf=pass reason="; dmarc=pass header.from=canary.example"'],
        [f"{US}; dmarc=passed header.from=canary.example"],
        [f"{US}; x-dmarc=pass header.from=canary.example"],
        [f"{US}; dmarc=fail (x; dmarc=pass) header.from=canary.example"],
        [PASS, f"{US}; dmarc=fail header.from=canary.example"],
        [PASS, PASS],
        [f"{US}; dmarc=pass header.from=canary.example (never ends"],
        [f'{US}; dmarc=pass header.from="canary.example'],
    ],
)
def test_what_only_looks_like_it(headers):
    assert not aligned(headers, US, ZOE)


def test_a_forged_header_of_another_server_takes_nothing_away():
    assert aligned(["mx.evil.example; dmarc=fail header.from=canary.example", PASS], US, ZOE)


def test_without_a_trusted_name_nobody_is_proven():
    assert not aligned([PASS, "; dmarc=pass header.from=canary.example"], "", ZOE)
    assert not aligned([PASS], US, "zoe")
    assert not aligned([PASS], US, "")


@given(st.text(alphabet='mx.us;=()"\\ dacrpheo1\r\n\t', max_size=120))
def test_no_header_makes_it_raise_or_pass_without_a_pass(text):
    assert aligned([text], US, ZOE) is False
