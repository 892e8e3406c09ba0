"""Somebody with 100,000 rows, in a browser: copy and deletion are whole, and both are told."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import client, journey
from tests.browser.test_rights_journey import ADDRESS, ask, download

ROOT = Path(__file__).parents[2]
MANY = 100_000
LOOKS = 800
"""At the mailbox: a copy of that size takes a while."""


def in_project(site, *words):
    paths = os.pathsep.join([str(site.folder), str(ROOT), str(ROOT / "src")])
    told = {"DJANGO_SETTINGS_MODULE": f"{site.folder.name}.settings", "PYTHONPATH": paths}
    subprocess.run(
        [sys.executable, "-m", "tests.browser.grow", *words],
        cwd=site.folder, env={**site.made.environment, **told}, check=True,
    )  # fmt: skip


@pytest.mark.skipif(os.environ.get("KEPT_TEST_DB") == "postgresql", reason="once is enough")
def test_a_person_with_a_hundred_thousand_rows(site, open_page):
    page, staff = open_page(), open_page()
    typed = journey.Typed()
    journey.start_operating(staff, site, typed)
    journey.ask(page, typed, consent=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    in_project(site, "rows", str(MANY))

    ask(page, "A copy of your data", "Ask for a copy")
    page.goto(client.link_in(client.mail(staff, "Was it you? A copy of your data")))
    page.get_by_role("button", name="Yes, go on").click()
    page.wait_for_url("**/status/**")
    page.goto(client.link_in(client.mail(staff, "Your copy is ready", LOOKS)))
    found = download(page, page.get_by_role("button", name="Fetch my copy").click)
    table = csv.DictReader(io.StringIO(found["tables/forms-submission.csv"].decode()))
    sent = {one["value"].replace("\r", "") for one in table if one["field"] == "message"}
    first = typed.inquiry["What would you like to know?"]
    assert sent == {first, *(f"Question {number:06}." for number in range(1, MANY))}
    made = json.loads(found["data.json"])
    (held,) = (one for one in made["tables"] if one["table"] == "kept_forms.Submission")
    assert (held["expected"], held["reached"], len(held["records"])) == (MANY, MANY, MANY)
    pages = b"".join(data for name, data in found.items() if name.startswith("read/forms-submi"))
    assert len(set(re.findall(rb"Question \d{6}\.", pages))) == MANY - 1

    ask(page, "Delete your data", "Ask to delete it")
    page.goto(client.link_in(client.mail(staff, "Was it you? Delete your data")))
    page.get_by_role("button", name="Yes, go on").click()
    page.wait_for_url("**/status/**")
    client.mail(staff, "Your data will be deleted")
    in_project(site, "time")
    for _ in range(LOOKS):  # the last mail goes with its person: the page of the request stays
        if page.get_by_text("Closed on").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_text("Closed on")).to_be_visible()
    (database,) = (site.folder / "data").glob("*.sqlite3")
    with sqlite3.connect(database) as rows:
        assert rows.execute("SELECT count(*) FROM kept_forms_submission").fetchone() == (0,)
    ask(page, "A copy of your data", "Ask for a copy", ADDRESS)
