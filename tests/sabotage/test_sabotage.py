"""Each check can fail: what breaks one promise turns exactly that one red, and green again."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kept import promises, schedule
from kept.keepers.rights.promises import SWEEP
from tests.sabotage import cases, mail

CASES = cases()

KNOWN = (
    "Flo Health 2021", "GoodRx 2023", "Cerebral 2024", "Avast 2024", "Vizio 2017",
    "Eli Lilly 2002", "Gateway Learning 2004", "Twitter 2022", "Facebook 2019",
    "Everalbum 2021", "Ashley Madison 2016", "Instagram 2019", "Twitter messages 2019",
    "Blackbaud 2024", "Discord 2022", "Chitika 2011", "Sephora 2022", "Healthline 2025",
    "Todd Snyder 2025", "Condé Nast 2025", "Honda 2025", "Groupon 2024", "Verkada 2024",
    "IPVanish", "PureVPN",
)  # fmt: skip
"""Promises that software is publicly known to have broken, by who made them and when."""

RECORD = "safeguards.care"
"""The promise that rows stand as they are on record: what mending leaves behind breaks it."""

BACKED_UP = ("backups", "safeguards.care")
"""Promises whose proof needs a backup that was made and tried."""


def _broken() -> set[str]:
    return {one.promise.id for one in promises.verify().findings if one.state == "broken"}


def test_the_living_site_keeps_every_promise(living):
    mail.open_door(living)
    for job in ("backup.make", "backup.try", SWEEP):
        schedule.run(job)
    found = {one.promise.id: (one.state, one.says) for one in promises.verify().findings}
    assert {id: told for id, told in found.items() if told[0] != "kept"} == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_exactly_the_promise_that_was_broken_turns_red(living, case):
    if case.promise in BACKED_UP:
        for job in ("backup.make", "backup.try"):
            schedule.run(job)
    with case.apply(living):
        assert _broken() == {case.promise}
    found = {one.promise.id: one for one in promises.verify([case.promise, RECORD]).findings}
    assert found[case.promise].state == "kept"
    assert found[RECORD].state != "broken", f"mending left something behind: {found[RECORD].says}"


def test_every_promise_of_the_reference_policy_has_a_sabotage(usimprints):
    promised = {one.id for one in promises.promises_of(promises.current().policy)}
    assert promised - {case.promise for case in CASES} == set()


def test_every_known_case_is_caught_or_prevented():
    told = [case.like for case in CASES] + [row["case"] for row in _prevented()]
    assert [one for one in KNOWN if not any(one in words for words in told)] == []


def test_what_prevents_a_breakage_is_shown_by_tests_that_exist():
    root = Path(__file__).parents[2]
    for row in _prevented():
        for test in row["tests"]:
            path, _, name = test.partition("::")
            assert f"def {name}(" in (root / path).read_text("utf-8"), test


def _prevented() -> list[dict[str, Any]]:
    text = (Path(__file__).parent / "prevented.toml").read_text("utf-8")
    return tomllib.loads(text)["prevented"]
