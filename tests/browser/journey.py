"""The whole way, from a question to its answer and from words to their publication, in steps."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser import operator, visitor
from tests.served import Served


@dataclass
class Typed:
    """What people type on the way."""

    own_password: str = "lantern walnut gravel 41 quilt"
    inquiry: dict[str, str] = field(
        default_factory=lambda: {
            "Name": "Zoë Canary",
            "Email address": "zoe.canary@example.org",
            "What would you like to know?": "Do mugs come in red?\nWe need forty.",
            "Phone number": "+1 555 0123",
            "Company": "Canary & Daughters",
        }
    )
    testimonial: dict[str, str] = field(
        default_factory=lambda: {
            "Name to show": "Bea & Sons",
            "Email address": "bea.canary@example.org",
            "Your words": "The colors match.\nEven after a year.",
        }
    )
    subject: str = "About red mugs"
    answer: str = "Yes, they do.\nYours, Ada"


def ask(page: Page, typed: Typed, *, consent: bool) -> None:
    """From the home page to the form, and send it."""
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Ask us").click()
    visitor.notice(page)
    visitor.fill(page, typed.inquiry)
    if consent:
        visitor.agree(page)
    page.get_by_role("button", name="Send the request").click()


def expect_kept_on_the_page(page: Page, typed: Typed) -> None:
    """Refused for want of consent: says so, and what was typed is still there."""
    expect(page).to_have_title("Please check: Ask us about printing · USimprints")
    expect(page.get_by_role("alert")).to_contain_text("nothing was stored")
    for label, text in typed.inquiry.items():
        expect(page.get_by_label(label)).to_have_value(text)
    expect(page.get_by_label(visitor.CONSENT)).not_to_be_checked()


def write(page: Page, typed: Typed) -> list[str]:
    """Write a testimonial; gives the notice that was read before."""
    page.goto("/testimonials/")
    page.get_by_role("link", name="Write a testimonial").click()
    read = visitor.notice(page)
    visitor.fill(page, typed.testimonial)
    visitor.agree(page)
    page.get_by_role("button", name="Send for publication").click()
    expect_path(page, "/testimonials/thanks/")
    return read


def start_operating(page: Page, site: Served, typed: Typed) -> operator.Factor:
    """The operator's first sign-in."""
    name, one_time = site.operator
    return operator.first_sign_in(page, name, one_time, typed.own_password)


def answer(page: Page, typed: Typed) -> dict[str, str]:
    """Open the request, answer it; gives what was read."""
    operator.open_request(page, typed.inquiry["What would you like to know?"].split("\n")[0])
    read = operator.shown(page)
    page.get_by_label("Subject").fill(typed.subject)
    operator.answer(page, typed.answer)
    return read


def read_mail(page: Page, typed: Typed) -> dict[str, str]:
    """Wait until the answer stands in the local mailbox, open it; gives what was read."""
    for _ in range(60):
        page.goto("/mailbox/")
        link = page.get_by_role("link", name=typed.subject)
        if link.count():
            break
        page.wait_for_timeout(250)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(typed.subject)
    return {**operator.shown(page), "text": page.locator("main .mail").inner_text()}


def expect_path(page: Page, path: str) -> None:
    """The page goes there, and its address carries nothing else."""
    page.wait_for_url(lambda url: urlsplit(url).path == path)
    parts = urlsplit(page.url)
    assert (parts.path, parts.query, parts.fragment) == (path, "", "")
