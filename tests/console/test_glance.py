"""The first page: what waits, what is wrong, what runs the site; nothing personal."""

import html
from types import SimpleNamespace

import pytest

from kept import ledger, promises, vault
from kept.ledger import keys

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def test_at_a_glance_counts_what_waits_and_names_the_policy(inquiry, testimonial, desk):
    page = text(desk.get("/console/"))
    assert page.count('<p class="figure">1</p>') == 2
    assert promises.current().label in page
    assert "canary-4f1d" not in page


def test_a_part_that_cannot_be_used_is_a_problem_on_the_page(usimprints, desk, monkeypatch):
    def broken():
        raise OSError("no such folder")

    monkeypatch.setattr("kept.console.glance._PARTS", {"Key store": broken})
    response = desk.get("/console/")
    assert response.status_code == 200
    assert "Key store cannot be used" in text(response)


def test_it_tells_the_master_key_and_what_is_recorded(inquiry, desk):
    page = text(desk.get("/console/"))
    assert vault.master_in_words() in html.unescape(page)
    assert "recorded" in page
    assert "a roll-back of the whole machine stays unseen" in page


def test_a_finding_of_the_ledger_is_a_problem_on_the_page(usimprints, desk, monkeypatch):
    found = SimpleNamespace(
        events=3, waiting=1, anchored_outside=True, lost="", findings=("L021 a leaf was edited",)
    )
    monkeypatch.setattr(ledger, "status", lambda: found)
    page = text(desk.get("/console/"))
    assert "L021 a leaf was edited" in page
    assert 'role="alert"' in page
    assert "3 events recorded, 1 waiting" in page
    assert "stays unseen" not in page
    assert "was lost" not in page


def test_a_log_that_was_lost_is_told_on_the_page(usimprints, desk, monkeypatch):
    log = keys.Log(number=2, size=41, aside="ledger/lost-1")
    monkeypatch.setattr(keys, "log", lambda: log)
    page = text(desk.get("/console/"))
    assert "this is log 2: the database of the one before was lost, at 41 leaves or later" in page
    assert "what is left of it: `ledger/lost-1`" in page
    assert "cannot be proven any more" in page


def test_it_tells_when_backups_were_made_and_tried(usimprints, desk):
    assert "last made never, tried never" in text(desk.get("/console/"))
