"""`kept gate explain` answers from policy files alone, with the rules that decide."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from kept.cli import main
from tests.gate.vector import BASE


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(BASE, "utf-8")
    return str(path)


def run(*words):
    return CliRunner().invoke(main, ["gate", "explain", *map(str, words)])


def asked(*more):
    return ("--category", "contact.email", "--for", "answer", *more)


def test_what_is_allowed_ends_with_0_and_names_the_clause(policy):
    done = run(policy, *asked("--collected-by", "inquiry", "--consented", "answer"))
    assert done.exit_code == 0, done.output
    assert done.output.startswith("allowed: use contact.email for answer")
    assert "rule 4 passes [collect.inquiry]" in done.output


def test_what_is_denied_ends_with_1_and_says_what_is_missing(policy):
    done = run(policy, *asked())
    assert done.exit_code == 1
    assert "rule 5 denies [purposes.answer]: there is no consent" in done.output
    assert "missing: a choice of the person" in done.output


def test_json_has_the_same(policy):
    done = run(policy, *asked("--json", "--restricted"))
    told = json.loads(done.output)
    assert told["allowed"] is False
    assert told["request"]["purpose"] == "answer"
    assert {rule["rule"] for rule in told["rules"]} == {5}
    assert told["missing"]


def test_several_files_are_versions_the_oldest_first(policy, tmp_path):
    older = tmp_path / "older.toml"
    older.write_text(BASE.replace('for = ["answer"]', 'for = ["advertise"]', 1), "utf-8")
    words = asked("--consented", "answer")
    assert run(older, policy, *words).exit_code == 0
    assert run(older, policy, *words, "--base", 0).exit_code == 1
    assert run(policy, older, *words).exit_code == 1


@pytest.mark.parametrize(
    ("more", "denies"),
    [
        (("--objected", "answer"), True),
        (("--ceased",), False),  # a consent that is there came after the stop
        (("--operation", "share", "--to", "agency"), True),
        (("--signal", "do-not-track"), False),
        (("--base", "7"), True),
        (("--place", "IN"), True),
        (("--place", "US-NV"), False),
        (("--age", "3"), False),
    ],
)
def test_every_fact_reaches_the_gate(policy, more, denies):
    assert run(policy, *asked("--consented", "answer", *more)).exit_code is int(denies)


def test_a_policy_with_errors_is_not_asked(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("[policy]\nsite = 3\n", "utf-8")
    done = run(bad, *asked())
    assert done.exit_code == 2
    assert "G010" in done.stderr


def test_an_unknown_purpose_among_the_choices_is_an_error(policy):
    done = run(policy, *asked("--consented", "answr"))
    assert done.exit_code == 2
    assert "G011 unknown purpose `answr`" in done.stderr


def test_it_needs_no_django(policy):
    probe = (
        "import sys; sys.modules['django'] = None\n"
        "from kept.cli import main\n"
        f"main(['gate', 'explain', {policy!r}, '--category', 'contact.email', '--for', 'answer',"
        " '--consented', 'answer'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("allowed")
