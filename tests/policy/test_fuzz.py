"""No input makes the loader raise, hang, or work more than in proportion to its length."""

import sys
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.policy import loads
from kept.policy.load import LARGEST, MOST_PROBLEMS
from kept.policy.model import Policy

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "policies" / "usimprints.toml").read_text("utf-8")
SECTIONS = [str(one.alias) for one in Policy.model_fields.values() if "\0" not in str(one.alias)]
KEYS = sorted({word for word in REFERENCE.replace("=", " ").split() if word.isidentifier()})


def check(text):
    """The rules that hold for whatever is read."""
    found = loads(text, "p.toml")
    assert (found.policy is None) == bool(found.errors)
    assert len(found.problems) <= MOST_PROBLEMS
    for problem in found.problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert "\n" not in str(problem)
    return found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text):
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_policy_with_spans_cut_doubled_or_replaced(data):
    text = REFERENCE
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 60)))
        piece = data.draw(
            st.sampled_from(["", text[start:end] * 2, "[", '"', "=", "x.", "\0", "{"])
        )
        text = text[:start] + piece + text[end:]
    check(text)


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.dates(),
        st.text(max_size=20),
        st.sampled_from(["2 years", "consent", "contact.email", "contact", "US", "news", "*"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(SECTIONS), VALUES, max_size=6))
def test_any_values_under_known_sections(tree):
    try:
        text = tomlkit.dumps(tree)
    except (ValueError, TypeError):
        return
    check(text)


HEAD = '[policy]\nsite = "X"\nversion = "1"\neffective = 2026-01-01\n'
PURPOSE = '[purposes.p{i}]\nsays = "do {i}"\nbasis = "consent"\n'
POINT = (
    '[collect.c{i}]\nsays = "c"\nfor = ["p{i}"]\nkeep = "1 year"\n'
    'required.email = "contact.email"\n'
)
RECIPIENT = '[recipients.r{i}]\nkind = "vendor"\nfor = ["p{i}"]\nreceives = ["contact"]\n'
SHAPES = {
    "purposes": PURPOSE,
    "points": PURPOSE + POINT,
    "recipients": PURPOSE + POINT + RECIPIENT,
    "recipients-from": PURPOSE + POINT + RECIPIENT + 'from = ["c{i}"]\n',
    "unknown-purposes": POINT,
    "unknown-keys": "[purposes.p{i}]\nsayz{i} = 1\n",
    "unknown-sections": "[sektion{i}]\n",
    "malformed-names": '[purposes."Bad {i}"]\nsays = 1\n',
    "public": PURPOSE + POINT + 'public = true\nshown = ["email"]\n'
    '[recipients.r{i}]\nkind = "public"\nfor = ["p{i}"]\nreceives = ["contact"]\n',
    "cookies": PURPOSE + '[cookies.k{i}]\nsays = "k"\nlifetime = "1 day"\nfor = ["p{i}"]\n',
    "comments": "# {i} {i} {i}\n",
    "blank-lines": "\n",
    "one-long-list": '  "a{i}",\n',
    "long-text": "word {i}\n",
    "quotes": '"\\"\\"\\"\\\\" ',
    "brackets": "[[",
    "dots": "a.",
    "inline": '"k{i}" = {{ a = 1, b = 2 }}\n',
    "array-tables": "[[text.t]]\n",
}
BEFORE = {"one-long-list": "x = [\n", "long-text": 'x = """\n', "dots": "[", "quotes": "x = "}
AFTER = {"one-long-list": "]\n", "long-text": '"""\n'}


def calls(text):
    """How many functions, ours and built in, reading `text` calls."""
    count = 0

    def counting(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        loads(text, "p.toml")
    finally:
        sys.setprofile(None)
    return count


def shaped(name, times):
    body = "".join(SHAPES[name].format(i=i) for i in range(times))
    return HEAD + BEFORE.get(name, "") + body + AFTER.get(name, "")


@pytest.mark.parametrize("name", SHAPES)
def test_twice_the_text_is_at_most_about_twice_the_work(name):
    loads(shaped(name, 2), "p.toml")
    small, large = calls(shaped(name, 100)), calls(shaped(name, 200))
    assert large <= 2.2 * small + 500


def test_ten_thousand_lines_are_read_whole():
    text = shaped("recipients", 1000)
    assert text.count("\n") > 10_000
    found = check(text)
    assert len(found.policy.recipients) == 1000


def test_what_is_too_large_is_refused_before_it_is_read():
    found = loads("#" * (LARGEST + 1), "p.toml")
    assert [one.code for one in found.problems] == ["E003"]
