"""The kinds of personal data: general to special, each with a type of value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.policy import categories, category, is_a, leaves

KEYS = sorted(categories())


def test_every_special_category_has_its_general_one():
    for key in KEYS:
        general = key.rpartition(".")[0]
        assert not general or category(general).kind == "group"


def test_only_groups_have_no_values():
    for one in categories().values():
        assert (one.kind == "group") == ("." not in one.key)
        needs_length = one.kind in ("text", "longtext", "email", "phone", "url", "file", "choice")
        assert (one.max_length > 0) == needs_length, one


def test_labels_read_inside_a_sentence():
    for one in categories().values():
        assert one.label
        assert one.yours
        assert not one.yours.endswith(".")
        assert one.yours.split()[0] in ("your", "the", "a", "what", "how", "location", "other"), one


def test_is_a_goes_by_whole_words():
    assert is_a("contact.email", "contact")
    assert is_a("contact.email", "contact.email")
    assert is_a("contact.email", "*")
    assert not is_a("contact", "contact.email")
    assert not is_a("contactless.card", "contact")


@given(st.sampled_from([*KEYS, "*"]))
def test_leaves_are_what_falls_under_and_has_values(general):
    expected = [key for key in KEYS if is_a(key, general) and category(key).kind != "group"]
    assert sorted(leaves(general)) == expected
    assert expected


def test_an_unknown_category_is_an_error():
    with pytest.raises(KeyError):
        category("contact.fone")


def test_the_list_cannot_be_changed():
    with pytest.raises(TypeError):
        categories()["contact.email"] = None
