"""Mail on its whole way: from a mail server to the console and back, and to a request."""

import smtplib
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.journey import Typed
from tests.browser.watch import Watch

ZOE = "zoe.canary@example.org"
INFO = "info@usimprints.example.org"


@pytest.fixture(scope="module")
def cookies() -> list:
    """Those of the first sign-in, which happens once."""
    return []


@pytest.fixture
def staff(open_page, site, cookies) -> Page:
    """The operator's page, signed in."""
    page = open_page()
    if not cookies:
        journey.start_operating(page, site, Typed())
        cookies += page.context.cookies()
    page.context.add_cookies(cookies)
    return page


def send(site, heading: str, text: str, *, proven: bool = True) -> None:
    """Hand a mail over as the receiving server does."""
    place = site.folder / "data" / "mail-in"
    for _ in range(100):
        if place.exists():
            break
        time.sleep(0.1)
    port = urlsplit(place.read_text().strip()).port
    results = "Authentication-Results: localhost; dmarc=pass header.from=example.org\r\n"
    raw = (
        f"Received: from [203.0.113.9] by localhost\r\n{results if proven else ''}"
        f"From: Zoe <{ZOE}>\r\nSubject: {heading}\r\n\r\n{text}\r\n"
    )
    with smtplib.SMTP("127.0.0.1", port, "x", timeout=20) as client:
        client.sendmail(ZOE, INFO, raw.encode())


def test_a_mail_is_answered_and_a_heading_starts_a_request(staff, site):
    watch = Watch(staff, site.url)
    send(site, "About mugs", "Do you print forty?")
    send(site, "Not me", "Trust me.", proven=False)
    send(site, "Access request", "Please.")
    staff.goto("/console/letters/")
    watch.accessible()
    staff.get_by_role("row").filter(has_text="About mugs").get_by_role("link").click()
    expect(staff.locator("main")).to_contain_text("Do you print forty?")
    expect(staff.locator("main")).not_to_contain_text("203.0.113.9")
    watch.accessible()
    staff.get_by_label("Your answer").fill("Yes, we do.")
    staff.get_by_role("button", name="Send the answer").click()
    expect(staff.get_by_role("status")).to_contain_text("The answer is on its way.")
    staff.goto("/console/letters/check/")
    watch.accessible()
    staff.get_by_role("row").filter(has_text="Not me").get_by_role("link").click()
    expect(staff.get_by_role("button", name="Send the answer")).to_have_count(0)
    watch.accessible()
    for width in (375, 1280):
        staff.set_viewport_size({"width": width, "height": 800})
        watch.fits()
    _arrives(staff, "Re: About mugs")
    staff.goto("/console/letters/?tab=done")
    expect(staff.locator("main")).to_contain_text("became a request")
    staff.goto("/console/requests/")
    expect(staff.locator("main")).to_contain_text("copy of your data")
    watch.clean()


def _arrives(page: Page, heading: str) -> None:
    """A mail of that heading comes into the local mailbox, by the job worker."""
    for _ in range(60):
        page.goto("/mailbox/")
        if page.get_by_text(heading).count():
            return
        time.sleep(0.5)
    raise AssertionError(page.locator("main").inner_text())


def test_the_pages_of_disclosures_are_accessible_and_fit(staff, site):
    watch = Watch(staff, site.url)
    staff.goto("/console/disclosures/new/")
    watch.accessible()
    for width in (375, 1280):
        staff.set_viewport_size({"width": width, "height": 800})
        watch.fits()
    watch.clean()
