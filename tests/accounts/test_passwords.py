"""The password rules of NIST SP 800-63B-4."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from kept.keepers.accounts import passwords

GOOD = (
    "correct horse battery staple",
    "kayak lantern moss orchid",
    "pässwörter sind für männer",
    "🦊🐢🦉🐙🦋🐝🐌🐞🦀🦑🐬🦭🦦🦥🐿️ hello",
    "x7$kQ!m2#vL9pR4",
    "aaaa bbbb cccc dddd eeee",
)
GUESSED_FIRST = {
    "a run of digits": "1234567890123456",
    "a run backwards": "9876543210987654",
    "one character": "aaaaaaaaaaaaaaaa",
    "a short unit repeated": "abcabcabcabcabc",
    "a common password twice": "passwordpassword",
    "a common password in capitals": "PASSWORDPASSWORD",
    "two common passwords": "qwertyuiopasdfghjkl",
    "a common password and a run": "password12345678",
    "a run and a common password": "12345678password",
    "full-width letters": "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",  # noqa: RUF001 - the disguise is the point
    "the site's name twice": "usimprintsusimprints",
    "the site's name and a run": "usimprints1234567",
    "the account's name and a common password": "operatorpassword1",
}


@pytest.mark.parametrize("password", GOOD)
def test_long_passwords_of_any_composition_are_taken(password):
    assert passwords.problems(password, context=["USimprints", "operator"]) == ()


@pytest.mark.parametrize("password", GUESSED_FIRST.values(), ids=GUESSED_FIRST.keys())
def test_what_attackers_try_first_is_refused(password):
    assert passwords.problems(password, context=["USimprints", "operator"])


def test_fourteen_characters_are_too_few_and_fifteen_enough():
    assert passwords.problems("kayak lantern m")[:1] == ()
    assert "15" in passwords.problems("kayak lantern ")[0]


def test_the_longest_password_is_taken_whole_and_one_more_character_refused():
    longest = "ab cd" * 102 + "xy"
    assert len(longest) == passwords.LONGEST
    assert passwords.problems(longest) == ()
    assert passwords.problems(longest + "z")


def test_every_common_password_is_refused_in_every_pairing_with_itself():
    for common in ("trustno1", "sunshine", "football", "superman"):
        assert passwords.problems(common + common)
        assert passwords.problems(common.title() + common.upper())


@given(st.text(max_size=80))
def test_any_text_gets_an_answer_and_short_ones_a_refusal(text):
    found = passwords.problems(text)
    assert bool(found) or len(passwords.normal(text)) >= passwords.SHORTEST


@given(st.text(alphabet="abc", min_size=1, max_size=3), st.integers(5, 30))
def test_a_short_unit_repeated_is_always_refused(unit, times):
    assert passwords.problems(unit * times)


def test_one_password_in_two_spellings_is_the_same():
    assert passwords.normal("café") == passwords.normal("cafe\u0301")


def test_the_rules_work_as_a_validator_of_djangos():
    with pytest.raises(ValidationError):
        passwords.Rules().validate("short")
    passwords.Rules().validate("kayak lantern moss orchid")
    assert "15" in passwords.Rules().get_help_text()
