"""`tests/register.toml` says which register rows are shown by what; nothing may be made up."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

from kept import policy, promises
from kept.promises import proving
from tests.sabotage import cases

ROOT = Path(__file__).parents[2]
ROWS = tomllib.loads((ROOT / "tests" / "register.toml").read_text("utf-8"))
IDS = [f"UI-{n:02}" for n in range(1, 21)] + [f"SC-{n:02}" for n in range(1, 50)]
STATES = {"shown", "partly", "not yet"}


def test_every_row_of_the_register_is_listed_in_order():
    assert list(ROWS) == IDS


@pytest.mark.parametrize("id", IDS)
def test_row_says_how_far_it_is(id):
    row = ROWS[id]
    assert row["state"] in STATES
    assert set(row) <= {"state", "promises", "checks", "sabotages", "tests", "open"}
    if row["state"] == "shown":
        assert row["promises"]
        assert row["tests"]
    if row["state"] != "shown":
        assert row["open"], "say what is still open"


@pytest.mark.parametrize("id", IDS)
def test_promises_that_a_row_names_exist_in_its_policy(id):
    name = "usimprints" if id.startswith("UI") else "us-service-center"
    missing = set(ROWS[id].get("promises", [])) - _promises(name)
    assert not missing


@pytest.mark.parametrize("id", [id for id in IDS if id.startswith("UI")])
def test_checks_and_sabotages_of_a_row_are_those_of_its_promises(id):
    """Each promise has a check that looks and a breakage that the check was seen to find."""
    named = [one for one in _promised() if one.id in ROWS[id]["promises"]]
    looks = {one.id: {check.name for _, check in proving.checks_of(one)} for one in named}
    broken = {one.id: {case.id for case in cases() if case.promise == one.id} for one in named}
    assert [id for id in looks if not looks[id] or not broken[id]] == []
    assert ROWS[id]["checks"] == sorted(set().union(*looks.values()))
    assert ROWS[id]["sabotages"] == sorted(set().union(*broken.values()))


@pytest.mark.parametrize("id", IDS)
def test_tests_that_a_row_names_exist(id):
    for test in ROWS[id].get("tests", []):
        path, _, name = test.partition("::")
        assert name in _functions(path), f"{test} does not exist"


@cache
def _promised() -> tuple[promises.Promise, ...]:
    loaded = policy.load(ROOT / "policies" / "usimprints.toml")
    assert loaded.policy is not None
    return promises.promises_of(loaded.policy)


@cache
def _promises(name: str) -> set[str]:
    loaded = policy.load(ROOT / "policies" / f"{name}.toml")
    assert loaded.policy is not None
    document = policy.prose.document(loaded.policy)
    return {sentence.id for section in document.sections for sentence in section.sentences}


@cache
def _functions(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
