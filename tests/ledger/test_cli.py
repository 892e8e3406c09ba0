"""`kept ledger`: what it prints, and the exit codes that scripts rely on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from kept.cli import main
from kept.ledger import (
    Opened,
    PolicyAdopted,
    publish_checkpoint,
    record,
    record_now,
    sequence_once,
    status,
)
from kept.ledger.store import store

OPENED = Opened("answer-inquiry", "staff", ("contact.email",))


def _run(*words: object) -> Result:
    return CliRunner().invoke(main, ["ledger", *map(str, words)])


@pytest.fixture
def mark(ledger):
    made = record_now(OPENED, uuid4())
    record_now(PolicyAdopted(0, "0" * 64), None)
    sequence_once()
    return made


def test_show(mark):
    result = _run("show")
    assert result.exit_code == 0, result.output
    assert "2 events in" in result.output
    assert "would not be noticed" in " ".join(result.output.split())
    told = json.loads(_run("show", "--json").output)
    assert told["events"] == 2
    assert told["anchored_outside"] is False


def test_show_names_an_outside_anchor(mark, settings, tmp_path):
    settings.KEPT = {**settings.KEPT, "ANCHORS": [f"file:{tmp_path}/elsewhere"]}
    publish_checkpoint()
    assert "would not be noticed" not in " ".join(_run("show").output.split())
    assert json.loads(_run("show", "--json").output)["anchored_outside"] is True


def test_verify_of_the_site(mark):
    result = _run("verify")
    assert result.exit_code == 0, result.output
    assert "All as it was recorded." in result.output
    store().run("UPDATE entry SET day = day + 1")
    result = _run("verify")
    assert result.exit_code == 1
    assert "L021" in result.output
    told = json.loads(_run("verify", "--json").output)
    assert {one["code"] for one in told["findings"]} == {"L021"}
    assert "L021" in _run("show").output


@pytest.fixture
def receipt(mark, tmp_path) -> Path:
    result = _run("receipt", mark)
    assert result.exit_code == 0, result.output
    path = tmp_path / "a.receipt"
    path.write_text(result.output)
    return path


def test_verify_of_a_receipt(receipt):
    key = status().key
    result = _run("verify", receipt, "--key", key)
    assert result.exit_code == 0, result.output
    assert "Proven." in result.output
    assert "answer-inquiry" in result.output
    result = _run("verify", receipt)
    assert result.exit_code == 3, "a key that the receipt itself names confirms nothing"
    assert key in result.output
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    result = _run("verify", receipt, "--key", other, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["error"]["code"] == "L109"


def test_verify_of_an_edited_receipt(receipt):
    receipt.write_text(receipt.read_text().replace("staff", "system"))
    result = _run("verify", receipt, "--key", status().key)
    assert result.exit_code == 1
    assert "L106" in result.output


def test_verify_of_something_else(tmp_path):
    (tmp_path / "x").write_text("hello")
    result = _run("verify", tmp_path / "x")
    assert result.exit_code == 2
    assert "L114" in result.output


def test_a_receipt_is_verified_without_project_django_or_database(receipt, tmp_path):
    """A plain folder, no settings, and Django not even importable."""
    program = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('django', 'sqlite3', 'psycopg'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from kept.cli import main\n"
        "main()\n"
    )
    words = ["ledger", "verify", str(receipt), "--key", status().key]
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd() / "src")}
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Proven." in done.stdout


def test_receipts_of_a_subject_into_a_folder(ledger, tmp_path):
    subject = uuid4()
    with transaction.atomic():
        for _ in range(3):
            record(OPENED, subject)
    sequence_once()
    result = _run("receipt", "--subject", subject, "--into", tmp_path / "out")
    assert result.exit_code == 0, result.output
    paths = sorted((tmp_path / "out").iterdir())
    assert len(paths) == 3
    for path in paths:
        assert _run("verify", path, "--key", status().key).exit_code == 0


def test_receipts_of_two_people_are_not_mixed_in_a_folder(mark, tmp_path):
    assert _run("receipt", mark, "--into", tmp_path / "out").exit_code == 0
    result = _run("receipt", "--subject", uuid4(), "--into", tmp_path / "out")
    assert result.exit_code == 2
    assert "name a new folder" in result.output


def test_verify_of_a_folder_that_is_no_export(tmp_path):
    result = _run("verify", tmp_path)
    assert result.exit_code == 2
    assert "give the log's key as --key" in " ".join(result.output.split())
    (tmp_path / "key").write_bytes(b"\xff")
    result = _run("verify", tmp_path)
    assert result.exit_code == 2
    assert "L113" in result.output


def test_receipt_needs_to_know_whose(ledger):
    assert _run("receipt").exit_code == 2
    result = _run("receipt", uuid4())
    assert result.exit_code == 2
    assert "L011" in result.output


def test_export_and_its_verification(mark, tmp_path):
    result = _run("export", tmp_path / "log", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["leaves"] == status().size
    (tmp_path / "key").write_text(status().key + "\n")
    (tmp_path / "kept").write_text(status().checkpoint)
    words = ("verify", tmp_path / "log", "--key", tmp_path / "key", "--kept", tmp_path / "kept")
    result = _run(*words)
    assert result.exit_code == 0, result.output
    assert "PolicyAdopted" in result.output
    assert _run("verify", tmp_path / "log").exit_code == 3
    (tmp_path / "log" / "tile" / "entries" / "000.p").rename(tmp_path / "away")
    result = _run(*words)
    assert result.exit_code == 1
    assert "L116" in result.output
