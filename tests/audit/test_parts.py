"""The parts that need no browser: labels, `Set-Cookie`, chains, reports, the how-to."""

import re
from pathlib import Path

import pytest

from kept.audit import KINDS, Finding
from kept.audit.collectors.cookies import parse
from kept.audit.findings import merged
from kept.audit.inspectors.fields import plain
from kept.audit.journeys.words import role
from kept.cli.audit import command

DOCS = Path(__file__).parents[2] / "docs" / "how-to" / "audit-a-site.md"
NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("label", "does"),
    [
        ("Accept all", "accept"),
        ("OK", "accept"),
        ("Alle akzeptieren", "accept"),
        ("Tout accepter", "accept"),
        ("Accept only necessary cookies", "refuse"),
        ("Only necessary", "refuse"),
        ("Continue without accepting", "refuse"),
        ("Refuse optional cookies", "refuse"),
        ("Alle ablehnen", "refuse"),
        ("Do not sell my information", "refuse"),
        ("Cookie settings", "settings"),
        ("Change your cookie choice", "settings"),
        ("Save my selection", "save"),
        ("Withdraw consent", "withdraw"),
        ("Read our cookbook", None),
        ("Token", None),
        ("", None),
        ("We think that you should accept this sentence, which is no label at all", None),
    ],
)
def test_a_label_says_what_a_control_does(label, does):
    assert role(label) == does


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("a=1", None),
        ("a=1; Max-Age=60", 60.0),
        ("a=1; max-age=60; expires=Wed, 15 Nov 2023 22:13:20 GMT", 60.0),
        ("a=1; Expires=Wed, 15 Nov 2023 22:13:20 GMT", 86_400.0),
        ("a=1; Expires=Wednesday, 15-Nov-23 22:13:20 GMT", 86_400.0),
        ("a=1; Expires=never", None),
        ("a=1; Max-Age=soon", None),
        ("=; Max-Age=60; Secure=1; a=2", None),
    ],
)
def test_a_lifetime_is_read_as_browsers_read_it(header, seconds):
    made = parse(header, "x.example", "", "header", NOW)
    assert (made.seconds if made else None) == seconds


@pytest.mark.parametrize(
    "header", ["a=; Max-Age=0", "a=1; Max-Age=-1", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_a_deletion_is_no_setting(header):
    assert parse(header, "x.example", "", "header", NOW) is None


def test_a_domain_widens_a_cookie_and_flags_are_read():
    made = parse("a=b=c; Domain=.x.example; HttpOnly; Secure; SameSite=Lax", "w", "", "header", NOW)
    assert made is not None
    assert (made.value, made.host, made.http_only, made.secure, made.same_site) == (
        "b=c",
        "x.example",
        True,
        True,
        "Lax",
    )


@pytest.mark.parametrize(
    ("name", "bare"),
    [("your-Name", "your_name"), ("tags[]", "tags"), ("user[email]", "user_email")],
)
def test_a_field_is_compared_as_policies_write_it(name, bare):
    assert plain(name) == bare


def test_one_thing_in_many_states_is_one_finding():
    first = Finding("cookie-undeclared", "a", "cookies", "x", ("before choice",), ("/1",))
    second = Finding("cookie-undeclared", "a", "cookies", "x", ("refused",), ("/1", "/2"))
    (one,) = merged([first, second])
    assert (one.states, one.pages) == (("before choice", "refused"), ("/1", "/2"))


def test_the_how_to_names_every_kind_of_finding_and_no_other():
    table = DOCS.read_text("utf-8").split("## What it finds")[1].split("## What it cannot")[0]
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table))
    assert named == set(KINDS)


def test_the_how_to_uses_options_that_exist():
    used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", DOCS.read_text("utf-8")))
    known = {name for option in command.params for name in option.opts}
    assert {"--policy", "--out", "--json", "--max-pages", "--max-seconds"} <= used <= known
