"""What the operator does: signs in, reads, answers, decides what is published."""

import re

from playwright.sync_api import Page, expect

from tests.browser import visitor


def first_sign_in(page: Page, name: str, one_time: str, own: str) -> None:
    """Sign in with the one-time password and put `own` in its place; ends at the console."""
    page.goto("/console/")
    sign_in(page, name, one_time)
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    for label in (r"^New password\W*$", r"^New password again\W*$"):
        page.get_by_label(re.compile(label)).fill(own)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("navigation", name="Console")).to_be_visible()


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
