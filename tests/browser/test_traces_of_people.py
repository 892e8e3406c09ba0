"""What people type stands in clear on no disk of the site, while it runs and afterwards."""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser import journey, operator, visitor
from tests.browser.journey import Typed
from tests.browser.traces import traces
from tests.raw import files_under

CONSENT_MISSING = "refused-" + secrets.token_hex(8)


def random_typed() -> Typed:
    """Every field holds a text that stands nowhere else in the world."""

    def mark(before: str = "") -> str:
        return before + secrets.token_hex(10)

    return Typed(
        own_password=mark("pass "),
        inquiry={
            "Name": mark("Zoë "),
            "Email address": mark("zoe.") + "@example.org",
            "What would you like to know?": mark("Question ") + "\nand a second line.",
            "Phone number": "+1 555 " + str(secrets.randbelow(10**16)).zfill(16),
            "Company": mark("Company "),
        },
        testimonial={
            "Name to show": mark("Bea "),
            "Email address": mark("bea.") + "@example.org",
            "Your words": mark("Praise "),
        },
        subject=mark("Subject "),
        answer=mark("Answer "),
    )


def needles(typed: Typed) -> dict[str, str]:
    """What to look for: the whole text of each field, or its first line."""
    fields = {f"inquiry: {label}": text for label, text in typed.inquiry.items()}
    fields |= {f"testimonial: {label}": text for label, text in typed.testimonial.items()}
    fields |= {"own password": typed.own_password, "answer": typed.answer}
    fields |= {"mail subject": typed.subject, "refused for want of consent": CONSENT_MISSING}
    return {what: text.split("\n")[0] for what, text in fields.items()}


def disks(site) -> list[Path]:
    """Every file that the site, its databases and its processes write.

    Of a database server, only what was written since the site was made; the rest is older.
    """
    found = files_under(site.folder, site.log)
    made = (site.folder / "manage.py").stat().st_mtime
    for cluster, _name in site.made.databases:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        found += files_under(cluster.folder, since=made)
    return found


def plant_in_database(site, text: str) -> None:
    """Write `text` in clear into the site's own database, as careless code would."""
    statements = ["CREATE TABLE careless (said TEXT)", f"INSERT INTO careless VALUES ('{text}')"]
    if site.made.databases:
        cluster, name = site.made.databases[0]
        with psycopg.connect(cluster.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return
    with closing(sqlite3.connect(site.folder / "data" / "db.sqlite3")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def site(make_site):
    """Fresh roots for each test."""
    return make_site()


@pytest.fixture
def lived(site, open_page):
    """A site on which people asked, were answered and published; gives what to look for.

    Asserts, through the operator's eyes, that every one of the texts is really there.
    """
    typed = random_typed()
    guest, staff = open_page(), open_page()
    factor = journey.start_operating(staff, site, typed)
    guest.goto("/ask/")
    visitor.fill(guest, {**typed.inquiry, "What would you like to know?": CONSENT_MISSING})
    guest.get_by_role("button", name="Send the request").click()
    expect(guest.get_by_role("alert")).to_be_visible()

    journey.ask(guest, typed, consent=True)
    journey.expect_path(guest, "/thanks/")
    assert list(journey.answer(staff, typed).values()) == list(typed.inquiry.values())
    mail = journey.read_mail(staff, typed)
    assert (mail["To"], mail["text"].strip()) == (typed.inquiry["Email address"], typed.answer)

    journey.write(guest, typed)
    staff.goto("/console/moderation/testimonials/")
    read = operator.shown(staff)
    assert set(typed.testimonial.values()) <= set(read.values())
    operator.decide(staff, typed.testimonial["Your words"], "Publish")
    guest.goto("/testimonials/")
    expect(guest.get_by_text(typed.testimonial["Your words"])).to_be_visible()
    shown_once = {"one-time password": site.operator[1], "secret": factor.secret}
    shown_once |= {f"recovery code {at}": code for at, code in enumerate(factor.recovery_codes)}
    return needles(typed), shown_once


def test_nothing_that_was_typed_is_on_a_disk_in_clear(site, lived):
    looked_for, shown_once = lived
    assert len(disks(site)) > 20
    assert any(path.name.startswith("ledger.sqlite3") for path in disks(site))
    assert traces(looked_for, disks(site)) == []
    assert traces(shown_once, disks(site)) == []

    told = [str(event) for event in site.events]
    assert [text for text in looked_for.values() if any(text in line for line in told)] == []
    site.stop()
    assert traces(looked_for, disks(site)) == []


def test_the_search_would_find_a_careless_log_and_a_careless_table(site):
    text = "careless-" + secrets.token_hex(8)
    assert traces({"it": text}, disks(site)) == []
    plant_in_database(site, text)
    assert traces({"it": text}, disks(site)) != []
    log = site.folder / "data" / "careless.log"
    log.write_text(f"debug: {text}")
    assert f"{log}: it (utf-8)" in traces({"it": text}, disks(site))
