"""A whole journey puts into the browser what the policy says, to the second; nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import expect

from kept import policy
from tests import served
from tests.browser import client, journey, operator, visitor
from tests.browser.client import Client
from tests.browser.jar import NOTHING, Jar

OPTIONAL = """
[cookies.cookie-choice]
says = "remembers what you chose about optional cookies"
lifetime = "180 days"
necessary = true

[cookies.theme]
says = "remembers the colours that you like"
lifetime = "90 days"
for = ["personalise"]
"""
THEME = '''"""What the shop added: an optional cookie on every page, for longer than it may live."""


class Theme:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.set_cookie("theme", "dark", max_age=400 * 86_400)
        return response
'''
SETTINGS = '\nMIDDLEWARE = kept.middleware([*SITE_MIDDLEWARE, "{package}.theme.Theme"])\n'
DAY = 86_400


@pytest.fixture
def site(tmp_path):
    """A shop under the reference policy with an optional cookie, and code that sets it."""
    text = Path("policies/usimprints.toml").read_text("utf-8") + OPTIONAL
    (tmp_path / "policy.toml").write_text(text, "utf-8")
    made = served.make(tmp_path / "imprints", str(tmp_path / "policy.toml"))
    package = next(one.parent for one in made.folder.glob("*/settings.py"))
    (package / "theme.py").write_text(THEME, "utf-8")
    with (package / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(package=package.name))
    running = served.serve(made)
    yield running
    running.stop()
    made.remove_databases()


@pytest.fixture
def declared(site) -> policy.Policy:
    found = policy.load(site.folder / "policy.toml").policy
    assert found is not None
    return found


def table(declared: policy.Policy, *names: str) -> dict[str, set[int | None]]:
    """Lifetimes as the policy says them, in seconds."""
    return {name: {declared.cookies[name].longest.seconds} for name in names}


def chooses(page, jar, word):
    """Before the choice: nothing optional; then the choice."""
    page.goto("/")
    assert jar.names() == set()
    assert jar.lifetimes() == {}
    page.get_by_role("button", name=word, exact=True).click()
    expect(page.get_by_role("button", name=word, exact=True)).to_have_count(0)


def asks(page, jar):
    journey.ask(page, journey.Typed(), consent=True)
    journey.expect_path(page, "/thanks/")
    assert jar.stored() == NOTHING


def opens_an_account(page, staff, jar, who):
    client.register(page, who)
    assert "sessionid" not in jar.names(), "nobody is signed in yet"
    page.goto(client.link_in(client.mail(staff, "Confirm your account")))
    page.get_by_role("button", name="Open my account").click()
    client.sign_in(page, who.address, who.password)
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()
    assert jar.left("sessionid") is None
    assert jar.stored() == NOTHING


def prefers(page, jar):
    client.account(page, "Preferences")
    page.get_by_label("What we call you").fill("Zoë")
    page.get_by_label("You agree that we use").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    assert jar.stored() == NOTHING


def asks_for_news(page, staff, jar):
    page.goto("/news/")
    page.get_by_label("Email address").fill("news@example.org")
    page.get_by_label("send you news").check()
    page.get_by_role("button", name="Send me these mails").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(client.link_in(client.mail(staff, "Please confirm your address")))
    page.get_by_role("button", name="Yes, I agree").click()
    expect(page.get_by_role("status")).to_contain_text("It is confirmed")
    assert jar.stored() == NOTHING


def leaves(page, jar):
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert "sessionid" not in jar.names()
    assert "cookie-choice" in jar.names(), "it would be asked again"
    assert jar.stored() == NOTHING


def staff_signs_in_again(staff, site, typed, factor):
    """With password and code, as every day; ends at the console."""
    staff.goto("/account/")
    staff.get_by_role("button", name="Sign out").click()
    staff.wait_for_url("**/")
    staff.goto("/console/")
    operator.sign_in(staff, site.operator[0], typed.own_password)
    code = pyotp.TOTP(factor.secret).at(datetime.now(UTC), counter_offset=1)  # not the one used up
    visitor.fill(staff, {"Code": code})
    staff.get_by_role("button", name="Go on").click()
    expect(staff.get_by_role("navigation", name="Console")).to_be_visible()


@pytest.mark.parametrize("word", ["Accept", "Refuse"])
def test_every_cookie_and_stored_item_of_a_journey_is_the_policy_s_table(
    site, declared, open_page, word
):
    page, staff = open_page(), open_page()
    jar, desk = Jar(page.context, page), Jar(staff.context, staff)
    typed, who = journey.Typed(), Client()
    factor = journey.start_operating(staff, site, typed)
    chooses(page, jar, word)
    asks(page, jar)
    opens_an_account(page, staff, jar, who)
    prefers(page, jar)
    asks_for_news(page, staff, jar)
    leaves(page, jar)
    staff_signs_in_again(staff, site, typed, factor)

    accepted = ("theme",) if word == "Accept" else ()
    assert jar.lifetimes() == table(declared, "cookie-choice", "csrftoken", "sessionid", *accepted)
    assert jar.lifetimes()["cookie-choice"] == {180 * DAY}
    assert desk.lifetimes() == table(declared, "csrftoken", "sessionid")
    held_as_said(jar, declared)
    assert desk.stored() == NOTHING
    every_one_is_guarded(jar)
    every_one_is_guarded(desk)


def held_as_said(jar, declared):
    """What the browser holds at the end has the time that is said, less the journey's."""
    for name in jar.names():
        says, left = declared.cookies[name].longest.seconds, jar.left(name)
        if says is None:
            assert left is None, name
        else:
            assert says - 300 < left <= says + 2, name


def every_one_is_guarded(jar):
    """No script reads it, no other site sends it."""
    assert jar.settings
    for one in jar.settings:
        if not one.deletes:
            assert "httponly" in one.attributes, one
            assert one.attributes & {"samesite=lax", "samesite=strict"}, one
            assert not any(part.startswith("domain") for part in one.attributes), one
    unset = {one.name for one in jar.settings if one.deletes}
    assert unset <= {"sessionid", "theme"}


def test_the_watch_sees_what_a_page_stores(site, open_page):
    """Or the silence of the journey means nothing."""
    page = open_page()
    jar = Jar(page.context, page)
    page.goto("/")
    page.evaluate("""async () => {
        localStorage.setItem('a', '1'); sessionStorage.setItem('b', '1');
        document.cookie = 'c=1; max-age=60';
        await caches.open('d');
        await new Promise((done) => { indexedDB.open('e').onsuccess = done; });
    }""")
    seen = jar.stored()
    assert (seen["local"], seen["session"], seen["readable"]) == (["a"], ["b"], "c=1")
    assert (seen["caches"], seen["databases"]) == (["d"], ["e"])
    assert jar.names() == {"c"}
    assert jar.left("c") <= 60
