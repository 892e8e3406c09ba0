"""The log's key and checkpoint in public; a person's receipts in their account, proven offline."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from kept import ledger, schedule
from kept.ledger.log import checkpoint as checkpoints
from tests.accounts.person import Person
from tests.effects.conftest import Filled

ORIGIN = "localhost/kept-ledger"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def signed(filled: Filled) -> Filled:
    """Everything happened, and the log has it."""
    ledger.sequence_once()
    return filled


def test_the_key_and_the_newest_checkpoint_are_there_for_everyone(signed, client):
    key, head = client.get("/privacy/record/key"), client.get("/privacy/record/checkpoint")
    found = checkpoints.verify(head.content, [ledger.verifier(text(key))], ORIGIN)
    assert found.size == ledger.status().size
    page = text(client.get("/privacy/record/"))
    assert text(key).strip() in page
    for line in text(head).split():
        assert line in page
    assert 'href="/privacy/record/"' in text(client.get("/privacy/"))


@pytest.mark.parametrize("path", ["", "checkpoint", "key"])
def test_caches_may_keep_it_and_it_sets_nothing(signed, path):
    client = Client()
    response = client.get(f"/privacy/record/{path}")
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert client.post(f"/privacy/record/{path}").status_code == 405
    if path != "key":
        again = {"HTTP_IF_NONE_MATCH": response["ETag"]}
        assert client.get(f"/privacy/record/{path}", **again).status_code == 304


def test_a_new_checkpoint_is_another_page(signed, client):
    before = client.get("/privacy/record/checkpoint")
    ledger.record_now(ledger.PolicyAdopted(7, "0" * 64), None)
    ledger.sequence_once()
    after = client.get("/privacy/record/checkpoint", HTTP_IF_NONE_MATCH=before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content


def test_before_anything_is_signed_the_page_says_so(record, usimprints, client):
    assert client.get("/privacy/record/checkpoint").status_code == 404
    assert "Nothing is entered yet" in text(client.get("/privacy/record/"))


@pytest.mark.django_db(transaction=True)
def test_the_page_says_whether_the_last_whole_check_was_good(signed, client):
    schedule.run("record.verify")
    assert ">as it was made</span>" in text(client.get("/privacy/record/"))


def test_a_client_reads_what_was_recorded_about_them(signed: Filled):
    page = text(signed.person.browser.get("/account/record/"))
    assert "a member of staff opened" in page
    assert "collected when you" in page
    assert page.count(">Receipt ") == len(ledger.receipts_about(signed.subject))


def test_what_is_not_signed_yet_is_told_without_a_receipt(signed: Filled):
    browser = signed.person.browser
    before = browser.get("/account/record/receipts.txt").content.splitlines()
    event = ledger.Collected("inquiry", 0, ("contact.email",), uuid4())
    with transaction.atomic():
        ledger.record(event, signed.subject)
    page = text(browser.get("/account/record/"))
    assert page.count("signed within minutes") == 1
    assert page.count(">Receipt ") == len(before)
    assert browser.get("/account/record/receipts.txt").content.splitlines() == before


def _kept(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, in a folder without a project and without Django's settings."""
    return subprocess.run(
        [sys.executable, "-m", "kept.cli", "ledger", "verify", *words],
        cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_all_receipts_are_one_file_that_is_verified_offline(signed: Filled, tmp_path: Path):
    browser = signed.person.browser
    saved = browser.get("/account/record/receipts.txt")
    assert "attachment" in saved["Content-Disposition"]
    assert "no-store" in saved["Cache-Control"]
    (tmp_path / "receipts.txt").write_bytes(saved.content)
    (tmp_path / "key.txt").write_bytes(browser.get("/privacy/record/key").content)
    done = _kept(tmp_path, "receipts.txt", "--key", "key.txt", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert len(told["receipts"]) == len(saved.content.splitlines())
    assert told["log"] == ORIGIN
    words = _kept(tmp_path, "receipts.txt", "--key", "key.txt").stdout
    assert "Proven." in words
    assert '"kind": "Withdrawn"' in words


def test_one_edited_receipt_among_them_is_refused(signed: Filled, tmp_path: Path):
    data = signed.person.browser.get("/account/record/receipts.txt").content
    assert b"other-information" in data
    (tmp_path / "receipts.txt").write_bytes(
        data.replace(b"other-information", b"other-informatiom")
    )
    assert _kept(tmp_path, "receipts.txt").returncode == 1


def test_nobody_else_gets_them(signed: Filled):
    leaf = ledger.read_receipt(ledger.receipts_about(signed.subject)[0]).index
    one = signed.person.browser.get(f"/account/record/{leaf}.receipt")
    assert ledger.read_receipt(one.content).index == leaf
    other = Person()
    other.register(email="other@example.org", username="somebody-else")
    assert other.sign_in(name="other@example.org").status_code == 302
    assert other.browser.get("/account/record/").status_code == 200
    assert other.browser.get(f"/account/record/{leaf}.receipt").status_code == 404
    assert Client().get("/account/record/receipts.txt").status_code == 302
