"""Every code of the language has a page, a bad and a good example, and a vector of its own."""

import re
from pathlib import Path

import pytest

from kept.policy import load
from kept.policy.codes import ENTRIES

BAD = Path(__file__).parents[1] / "vectors" / "policy" / "bad"
SOURCE = Path(__file__).parents[2] / "src" / "kept" / "policy"
CODES = tuple(ENTRIES.values())


@pytest.mark.parametrize("entry", CODES, ids=lambda one: one.defect)
def test_a_vector_gives_exactly_its_code(entry):
    found = load(BAD / f"{entry.defect}.toml")
    assert [one.code for one in found.problems] == [entry.id]
    assert found.problems[0].severity == entry.severity
    assert (found.policy is None) == (entry.severity == "error")


@pytest.mark.parametrize("entry", CODES, ids=lambda one: one.defect)
def test_examples_of_the_reference_are_true(entry, tmp_path):
    (tmp_path / "bad.toml").write_bytes(entry.bad_file)
    (tmp_path / "good.toml").write_bytes(entry.good_file)
    assert [one.code for one in load(tmp_path / "bad.toml").problems] == [entry.id]
    assert load(tmp_path / "good.toml").problems == ()


def test_every_code_used_in_the_source_is_in_the_list_and_the_other_way_round():
    used = set()
    for file in SOURCE.rglob("*.py"):
        used |= set(re.findall(r'"([EW]\d{3})"', file.read_text("utf-8")))
    assert used == set(ENTRIES)


def test_every_vector_belongs_to_a_code():
    assert {file.stem for file in BAD.glob("*.toml")} == {one.defect for one in CODES}


def test_a_problem_says_where_what_and_what_was_probably_meant():
    found = load(BAD / "unknown-purpose.toml").problems[0]
    assert str(found) == (
        "E014 unknown purpose `anser` (unknown-purpose.toml:23); did you mean `answer`?"
    )
    assert (found.word, found.suggestion, found.line) == ("anser", "answer", 23)


@pytest.mark.parametrize("entry", CODES, ids=lambda one: one.defect)
def test_the_offending_word_stands_in_backticks(entry):
    for problem in load(BAD / f"{entry.defect}.toml").problems:
        if problem.word.strip() and entry.id != "W120":  # a whole sentence is cut to its end
            assert f"`{problem.word}`" in problem.message
