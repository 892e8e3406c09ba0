"""People and their own data, in a browser: without an account by mail, with one by password."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import client, journey, visitor
from tests.browser.client import Client
from tests.browser.shots import shoot
from tests.browser.test_client_journey import Look

CENTRE = "/privacy/requests/"
ADDRESS = journey.Typed().inquiry["Email address"]


@pytest.fixture
def site(make_site):
    """Fresh roots for each test: a first sign-in happens once."""
    return make_site()


class RightsLook(Look):
    """The same looks, the pictures under another name."""

    def __call__(self, page, name):
        if self._javascript:
            self._watches[page].accessible()
            self._watches[page].fits()
        shoot(page, f"{'script' if self._javascript else 'plain'}-rights-{name}")


def ask(page, title, button, address=ADDRESS):
    """From the policy to the centre to the form, and send it."""
    page.goto("/privacy/")
    page.get_by_role("link", name="Have a copy of your data").click()
    page.get_by_role("main").get_by_role("link", name=title, exact=True).click()
    visitor.notice(page)
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()


def download(page, press) -> dict[str, bytes]:
    """Press, and unpack what comes."""
    with page.expect_download() as waiting:
        press()
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_somebody_without_an_account(site, open_page, javascript, tmp_path):
    look = RightsLook(site.url, javascript=javascript)
    page, staff = (look.watch(open_page(javascript=javascript)) for _ in range(2))
    typed = journey.Typed()
    journey.start_operating(staff, site, typed)
    journey.ask(page, typed, consent=True)

    page.goto(CENTRE)
    look(page, "centre")
    ask(page, "A copy of your data", "Ask for a copy")
    look(page, "sent")
    page.goto(client.link_in(client.mail(staff, "Was it you? A copy of your data")))
    look(page, "confirm")
    page.get_by_role("button", name="Yes, go on").click()
    page.wait_for_url("**/status/**")
    expect(page.get_by_text("Asked on")).to_be_visible()
    look(page, "status")
    page.goto(client.link_in(client.mail(staff, "Your copy is ready")))
    look(page, "fetch")
    found = download(page, page.get_by_role("button", name="Fetch my copy").click)
    made = json.loads(found["data.json"])
    assert typed.inquiry["Name"] in json.dumps(made, ensure_ascii=False)
    opens_offline(open_page, found, tmp_path, look)

    corrects(page, staff, look)
    deletes(page, staff, look)
    look.clean()


def opens_offline(open_page, found, folder, look):
    """Unpacked, without a network: the first page and a table."""
    for name, data in found.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    reader = open_page(offline=True)
    reader.goto((folder / "index.html").as_uri())
    expect(reader.get_by_role("heading", level=1)).to_contain_text("holds about you")
    shoot(reader, "rights-copy-index")
    reader.get_by_role("link", name="What you sent us by our forms").click()
    expect(reader.get_by_text("Zoë Canary").first).to_be_visible()
    shoot(reader, "rights-copy-table")
    reader.get_by_role("link", name="Back to the first page").click()
    reader.get_by_role("link", name="What you agreed to, and when").click()
    shoot(reader, "rights-copy-consents")


def corrects(page, staff, look):
    ask(page, "Correct your data", "Ask to correct it")
    page.goto(client.link_in(client.mail(staff, "Was it you? Correct your data")))
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_role("heading", name="What we hold")).to_be_visible()
    look(page, "change")
    page.get_by_label("Name").first.fill("Zoë Corrected")
    page.get_by_role("button", name="Save the corrections").click()
    expect(page.get_by_role("status")).to_contain_text("carried out")
    staff.goto("/console/inbox/")
    expect(staff.get_by_text("Zoë Corrected")).to_be_visible()


def deletes(page, staff, look):
    page.goto(CENTRE + "erase/")
    look(page, "erase")
    ask(page, "Delete your data", "Ask to delete it")
    page.goto(client.link_in(client.mail(staff, "Was it you? Delete your data")))
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_role("main")).to_contain_text("Delete your data")
    text = client.mail(staff, "Your data will be deleted")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("not used any more")
    look(page, "delayed")
    staff.goto("/console/inbox/")
    expect(staff.get_by_text("Zoë Corrected")).to_have_count(0)
    staff.goto("/console/requests/")
    look(staff, "console")
    staff.get_by_role("link", name="Delete your data").click()
    expect(staff.get_by_role("heading", name="Decide")).to_be_visible()
    look(staff, "console-one")
    page.goto(client.link_in(text))
    look(page, "cancel")
    page.get_by_role("button", name="Do not delete my data").click()
    expect(page.get_by_role("status")).to_contain_text("taken back")
    staff.goto("/console/inbox/")
    expect(staff.get_by_text("Zoë Corrected")).to_be_visible()
    staff.goto("/console/requests/?state=closed")
    look(staff, "console-closed")
    staff.goto("/console/requests/delete/")
    look(staff, "bulk")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_a_client(site, open_page, javascript):
    look = RightsLook(site.url, javascript=javascript)
    page, staff = (look.watch(open_page(javascript=javascript)) for _ in range(2))
    who = Client()
    journey.start_operating(staff, site, journey.Typed())
    client.register(page, who)
    page.goto(client.link_in(client.mail(staff, "Confirm your account")))
    page.get_by_role("button", name="Open my account").click()
    client.sign_in(page, who.address, who.password)
    own_data(page)
    look(page, "account")
    asks(page, "A copy of your data", "Ask for a copy", who.password)
    client.mail(staff, "Your copy is ready")
    own_data(page)
    look(page, "account-ready")
    page.get_by_label("Your password").first.fill(who.password)
    found = download(page, page.get_by_role("button", name="Fetch my copy").click)
    assert who.address.encode() in found["data.json"]
    asks(page, "Delete your data", "Ask to delete it", who.password)
    client.mail(staff, "Your data will be deleted")
    own_data(page)
    look(page, "account-deleting")
    page.get_by_role("button", name="Take it back").first.click()
    expect(page.get_by_role("status")).to_contain_text("taken back")
    look.clean()


def own_data(page):
    """To the page of one's own data, by the account's navigation."""
    navigation = page.get_by_role("navigation", name="Your account")
    navigation.get_by_role("link", name="Your data", exact=True).click()
    expect(page.get_by_role("heading", name="Your data", level=1)).to_be_visible()


def asks(page, title, button, password):
    """Open the card, type the password, press."""
    card = page.locator("details", has_text=title).first
    card.locator("summary").click()
    card.get_by_label("Your password").fill(password)
    card.get_by_role("button", name=button).click()
    expect(page.get_by_role("status").first).to_contain_text("taken up")
