"""What the operator does: signs in, reads, answers, decides what is published."""

import re
from dataclasses import dataclass

import pyotp
from playwright.sync_api import Page, expect

from tests.browser import visitor


@dataclass
class Factor:
    """The second factor that was set up, as its owner keeps it."""

    secret: str
    recovery_codes: list[str]


def first_sign_in(page: Page, name: str, one_time: str, own: str) -> Factor:
    """Sign in with the one-time password, put `own` in its place, set up the second factor.

    Ends at the console.
    """
    page.goto("/console/")
    sign_in(page, name, one_time)
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    for label in (r"^New password\W*$", r"^New password again\W*$"):
        page.get_by_label(re.compile(label)).fill(own)
    page.get_by_role("button", name="Save the password").click()
    secret = secret_shown(page)
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    codes = page.locator("main li code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("navigation", name="Console")).to_be_visible()
    return Factor(secret, codes)


def secret_shown(page: Page) -> str:
    """The secret on the page that sets up the second factor, as an authenticator takes it."""
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    return page.locator("main p code").inner_text().replace(" ", "")


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the sign-in page that is open."""
    visitor.fill(page, {"Email or user name": name, "Password": password})
    page.get_by_role("button", name="Sign in").click()


def open_request(page: Page, teaser: str) -> None:
    """Open the one request in the inbox that begins so."""
    page.goto("/console/inbox/")
    page.get_by_role("link", name=teaser).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Request of")


def answer(page: Page, text: str) -> None:
    """Answer the request that is open."""
    page.get_by_label("Your answer").fill(text)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("status")).to_contain_text("The answer is on its way.")


def shown(page: Page) -> dict[str, str]:
    """What the page tells as terms: label -> value."""
    labels = page.locator("main dl.terms dt").all_inner_texts()
    values = page.locator("main dl.terms dd").all_inner_texts()
    return dict(zip(labels, values, strict=True))


def decide(page: Page, words: str, verb: str, *, state: str = "waiting") -> None:
    """`Publish`, `Refuse` or `Take down` the testimonial that holds `words`."""
    page.goto(f"/console/moderation/testimonials/?state={state}")
    row = page.get_by_role("article").filter(has_text=words)
    row.get_by_role("button", name=verb).click()
    expect(page.get_by_role("status")).to_be_visible()
