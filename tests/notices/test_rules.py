"""When going on using the site counts as agreeing, rule by rule."""

from dataclasses import replace
from itertools import product

import pytest

from kept.keepers.notices import rules
from kept.policy import loads
from tests.notices.conftest import NAVIGATED
from tests.posting import USIMPRINTS, changed

YES = rules.Use(
    signed_in=True, shown_before=True, in_force=True, deliberate=True, about_rights=False,
    counts=True,
)  # fmt: skip


def test_it_counts_where_every_rule_is_met():
    assert rules.agrees(YES)


@pytest.mark.parametrize(
    "broken", ["signed_in", "shown_before", "in_force", "deliberate", "about_rights", "counts"]
)
def test_each_rule_alone_prevents_it(broken: str):
    assert not rules.agrees(replace(YES, **{broken: not getattr(YES, broken)}))


def test_of_all_cases_exactly_one_agrees():
    cases = [rules.Use(*one) for one in product((False, True), repeat=6)]
    assert [one for one in cases if rules.agrees(one)] == [YES]


@pytest.mark.parametrize(
    ("method", "change", "counts"),
    [
        ("GET", {}, True),
        ("POST", {}, True),
        ("HEAD", {}, False),
        ("GET", {"Sec-Fetch-User": None}, False),
        ("GET", {"Sec-Fetch-Mode": "cors"}, False),
        ("GET", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ("GET", {"Sec-Fetch-Dest": "iframe"}, False),
        ("GET", {"Sec-Fetch-Dest": "empty"}, False),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}, False),
        ("GET", {"Purpose": "prefetch"}, False),
        ("GET", dict.fromkeys(NAVIGATED), False),
    ],
)
def test_only_what_a_person_asked_for_is_deliberate(method, change, counts):
    headers = {name: one for name, one in {**NAVIGATED, **change}.items() if one is not None}
    assert rules.is_deliberate(method, headers) is counts


def policy_saying(**said: str):
    text = "".join(f'{name} = "{one}"\n' for name, one in said.items())
    return loads(changed(('agreement = "continued use"\n', text)), "x.toml").policy


def test_a_version_cannot_say_for_itself_that_use_agrees_to_it():
    use, express = policy_saying(agreement="continued use"), policy_saying(agreement="express")
    assert rules.continued_use_counts([use, use])
    assert not rules.continued_use_counts([express, use])
    assert not rules.continued_use_counts([use, express])
    assert not rules.continued_use_counts([use, express, use])


def test_earlier_data_needs_express_agreement_unless_every_version_says_otherwise():
    given = {"agreement": "continued use", "retroactive": "continued use"}
    assert not rules.reaches_earlier_data([loads(USIMPRINTS, "x.toml").policy])
    assert rules.reaches_earlier_data([policy_saying(**given)] * 2)
    assert not rules.reaches_earlier_data(
        [loads(USIMPRINTS, "x.toml").policy, policy_saying(**given)]
    )
