"""What a client does: opens an account, follows mails, reads quotes, chooses, leaves."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.browser import visitor


@dataclass
class Client:
    """What a client types on the way."""

    password: str = "harbour walnut quiet lantern"
    another: str = "seven grey kites over Bergen"
    quote: str = "Forty mugs, blue.\nUSD 420, ready in two weeks."
    typed: dict[str, str] = field(
        default_factory=lambda: {
            "User name": "canary-client",
            "Email address": "zoe.client@example.org",
            "Name": "Zoë Client",
            "Company": "Client & Daughters",
        }
    )

    @property
    def address(self) -> str:
        """Where mails go."""
        return self.typed["Email address"]


def register(page: Page, who: Client) -> None:
    """Fill in the form of a new account and send it."""
    page.goto("/account/")
    page.get_by_role("link", name="Open an account").click()
    visitor.notice(page)
    for label, text in who.typed.items():
        page.get_by_label(re.compile(rf"^{label}")).fill(text)
    page.get_by_label(re.compile("^Password")).fill(who.password)
    for box in page.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
        box.check()
    page.get_by_role("button", name="Open an account").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()


def mail(staff: Page, heading: str, looks: int = 80) -> str:
    """Wait for a mail in the local mailbox; its text."""
    for _ in range(looks):
        staff.goto("/mailbox/")
        link = staff.get_by_role("link", name=heading)
        if link.count():
            break
        staff.wait_for_timeout(250)
    link.first.click()
    return staff.locator("main .mail").inner_text()


def link_in(text: str) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the sign-in page."""
    page.goto("/account/login/")
    visitor.fill(page, {"Email or user name": name, "Password": password})
    page.get_by_role("button", name="Sign in").click()


def account(page: Page, title: str) -> None:
    """Go to a page of the account by its navigation."""
    page.get_by_role("navigation", name="Your account").get_by_role("link", name=title).click()
    expect(page.locator("nav a[aria-current=page]", has_text=title)).to_be_visible()


def offer(staff: Page, who: Client) -> None:
    """The operator writes a quote."""
    staff.goto("/console/quotes/")
    staff.get_by_role("link", name="Write a quote").click()
    staff.get_by_label("The client's email address").fill(who.address)
    staff.get_by_label("The quote, as the client is to read it").fill(who.quote)
    staff.get_by_role("button", name="Offer it").click()
    expect(staff.get_by_role("status")).to_contain_text("stands in the client's account")


def change_password(page: Page, who: Client) -> None:
    """Choose another password."""
    page.get_by_role("navigation", name="Your account").get_by_role("link", name="Password").click()
    page.get_by_label("Current password").fill(who.password)
    for label in (r"^New password\W*$", r"^New password again\W*$"):
        page.get_by_label(re.compile(label)).fill(who.another)
    page.get_by_role("button", name="Save the password").click()
