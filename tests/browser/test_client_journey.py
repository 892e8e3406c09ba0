"""A client's whole way: account, quote, news, password, signing out everywhere; in browsers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import client, journey
from tests.browser.client import Client
from tests.browser.shots import shoot
from tests.browser.watch import Watch

NEWS = re.compile("send you news")


@pytest.fixture
def site(make_site):
    """Fresh roots for each test: a first sign-in happens once."""
    return make_site()


class Look:
    """Looks at a page the way the tests of every page do, and takes its picture."""

    def __init__(self, base: str, *, javascript: bool) -> None:
        self._base, self._javascript = base, javascript
        self._watches: dict[Page, Watch] = {}

    def watch(self, page: Page) -> Page:
        """Watch a page from now on."""
        self._watches[page] = Watch(page, self._base)
        return page

    def __call__(self, page: Page, name: str) -> None:
        if self._javascript:  # axe is a script; the pages it looks at are the same
            self._watches[page].accessible()
            self._watches[page].fits()
        shoot(page, f"{'script' if self._javascript else 'plain'}-client-{name}")

    def clean(self) -> None:
        """Nothing was refused, broken or asked of anybody else."""
        for watch in self._watches.values():
            watch.clean()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_the_whole_way_of_a_client(site, open_page, javascript):
    who, look = Client(), Look(site.url, javascript=javascript)
    page, staff, other = (look.watch(open_page(javascript=javascript)) for _ in range(3))
    journey.start_operating(staff, site, journey.Typed())
    opens_an_account(page, staff, who, look)
    prefers(page, look)
    accepts_a_quote(page, staff, who, look)
    gets_news_and_ends_them(page, staff, other, look)
    sees_the_other_pages(page, look)
    leaves(page, other, who, look)
    look.clean()


def opens_an_account(page, staff, who, look):
    client.register(page, who)
    look(page, "sent")
    page.goto(client.link_in(client.mail(staff, "Confirm your account")))
    look(page, "confirm")
    page.get_by_role("button", name="Open my account").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is open")
    look(page, "login")
    client.sign_in(page, who.address, who.password)
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()
    look(page, "home")


def prefers(page, look):
    client.account(page, "Preferences")
    page.get_by_label("What we call you").fill("Captain Zoë")
    page.get_by_label("What interests you most").select_option("Bags")
    page.get_by_label("You agree that we use").check()
    look(page, "preferences")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    client.account(page, "Overview")
    expect(page.get_by_role("heading", name="Hello, Captain Zoë")).to_be_visible()
    look(page, "greeted")


def accepts_a_quote(page, staff, who, look):
    client.offer(staff, who)
    look(staff, "offered")
    assert who.quote not in client.mail(staff, "A quote for you")
    client.account(page, "Quotes")
    expect(page.get_by_text("I accept this quote of")).to_be_visible()
    look(page, "quote")
    page.get_by_role("button", name="Accept this quote").click()
    expect(page.get_by_role("status")).to_contain_text("You accepted the quote")
    look(page, "accepted")


def gets_news_and_ends_them(page, staff, other, look):
    client.account(page, "Your choices")
    expect(page.get_by_label(NEWS)).not_to_be_checked()
    page.get_by_label(NEWS).check()
    look(page, "choices")
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    expect(page.get_by_label(NEWS)).to_be_checked()
    expect(page.get_by_label(re.compile("other information"))).not_to_be_checked()

    staff.goto("/console/news/news/")
    staff.get_by_label("Subject").fill("New mugs")
    staff.get_by_label("The mail, as everyone is to read it").fill("They are here.")
    look(staff, "news")
    staff.get_by_role("button", name="Send it to them").click()
    expect(staff.get_by_role("status")).to_contain_text("one message to each")
    other.goto(client.link_in(client.mail(staff, "New mugs")))
    look(other, "unsubscribe")
    other.get_by_role("button", name="End mails of this kind").click()
    expect(other.get_by_role("heading", name="It is ended")).to_be_visible()
    page.goto("/account/choices/")
    expect(page.get_by_label(NEWS)).not_to_be_checked()


def sees_the_other_pages(page, look):
    for title in ("Your details", "Email address", "Second factor"):
        client.account(page, title)
        look(page, title.lower().replace(" ", "-"))
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".qr svg")).to_be_visible()
    look(page, "authenticator")


def leaves(page, other, who, look):
    client.change_password(page, who)
    expect(page.get_by_role("heading", name="Hello, Captain Zoë")).to_be_visible()
    client.sign_in(other, who.typed["User name"], who.another)
    expect(other.get_by_role("heading", name="Hello, Captain Zoë")).to_be_visible()
    client.account(page, "Where you are signed in")
    expect(page.get_by_text("another browser")).to_have_count(1)
    look(page, "sessions")
    page.get_by_role("button", name="Sign out everywhere").click()
    for one in (page, other):
        one.goto("/account/")
        expect(one.get_by_role("heading", name="Sign in")).to_be_visible()

    client.sign_in(page, who.address, who.another)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert not [one for one in page.context.cookies() if one["name"] == "sessionid"]
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
