"""GDPRbench: every answer is held against an oracle, and the mixes are the published ones.

Nothing is asserted about time.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.gdprbench import mixes, oracle, playing, schema
from benchmarks.table import Row

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _few_records(monkeypatch):
    monkeypatch.setattr(schema, "RECORDS", 1_000)
    monkeypatch.setattr(schema, "USERS", 100)


def _loaded() -> oracle.Oracle:
    made = oracle.Oracle()
    made.load(range(schema.RECORDS))
    return made


class Forgetful(oracle.Oracle):
    """Says that nothing was ever deleted."""

    def verify_deletion(self, number: int) -> object:
        return (False, True)


@pytest.mark.parametrize("role", mixes.ROLES)
def test_a_role_asks_in_the_published_shares(role: str):
    asked = Counter(one.name for one in mixes.deal(role, 1_200))
    shares = mixes.ROLES[role]
    assert sum(shares.values()) == pytest.approx(100)
    assert asked == {name: round(12 * share) for name, share in shares.items()}


def test_all_but_the_controller_ask_for_some_far_more_than_for_others():
    keys = Counter(
        one.words[0] for one in mixes.deal("processor", 2_000) if one.name == "read_data_by_key"
    )
    users = Counter(
        one.words[0] for one in mixes.deal("controller", 12_000) if one.name == "delete_by_user"
    )
    assert keys.most_common(1)[0][1] > 20 * 1_600 / schema.RECORDS
    assert users.most_common(1)[0][1] < 3 * 1_000 / schema.USERS


def test_operations_are_the_same_each_time():
    assert list(mixes.deal("customer", 200)) == list(mixes.deal("customer", 200))


def test_an_arm_that_answers_wrongly_is_counted_and_fails_its_row():
    deleted = mixes.Operation("delete_by_key", (7,))
    asked = [deleted, *(mixes.Operation("verify_deletion", (one,)) for one in (6, 7, 8))]
    arms = {"right": _loaded(), "wrong": Forgetful()}
    arms["wrong"].load(range(schema.RECORDS))
    played = playing.play(asked, arms, _loaded())
    assert played.wrong == {"right": 0, "wrong": 1}
    assert Row("B11", "", "times", 1, 1.5, 1, 1).met
    assert not Row("B11", "", "times", 1, 1.5, 1, 1, wrong=1).met


def test_the_oracle_withholds_what_its_owner_objects_to():
    made = _loaded()
    assert made.read_data_by_key(3, 3) == (3, oracle.WITHHELD)
    assert made.update_metadata_by_key(3, None) == 1
    assert made.read_data_by_key(3, 3) == (3, schema.data(3))


def test_all_roles_are_answered_as_the_oracle_answers(tmp_path: Path):
    theirs = {key: one for key, one in os.environ.items() if not key.startswith("KEPT_TEST_")}
    told = tmp_path / "bench.json"
    environment = {
        **theirs,
        "QUICK": "1",
        "KEPT_BENCH_GDPR": "100 24",
        "KEPT_BENCH_ENGINES": os.environ.get("KEPT_TEST_DB", "sqlite"),
        "KEPT_BENCH_JSON": str(told),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "gdprbench"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(told.read_text("utf-8"))["rows"]
    roles = [row for row in rows if "operations on 100 records" in row["work"]]
    assert {row["work"].split(":")[0] for row in roles} == {*mixes.ROLES, "processor, as software"}
    assert [row["work"] for row in rows if row["wrong"]] == []
    copies = [row for row in rows if row["unit"] == "people"]
    assert [row["figure"] for row in copies] == [0]
