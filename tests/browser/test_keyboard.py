"""Without a mouse: the skip link first, every stop visible, a request sent and a page published."""

import pyotp
from playwright.sync_api import Page, expect

from tests.browser import journey, operator
from tests.browser.journey import Typed

_FOCUS = """() => {
    const one = document.activeElement;
    const named = one.labels?.length ? one.labels[0] : one;
    const ring = [one, one.closest('.product')].filter(Boolean).some((each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    const box = one.getBoundingClientRect();
    return {
        name: (named.innerText || one.getAttribute('aria-label') || '').trim(),
        tag: one.tagName,
        ring,
        shown: box.width > 0 && box.left > -1000 && box.bottom > 0,
    };
}"""


def tab_to(page: Page, name: str, *, key: str = "Tab") -> None:
    """Press the key until the thing that begins with `name` has the focus, visibly."""
    page.emulate_media(reduced_motion="reduce")  # a page that still glides shows nothing yet
    for _ in range(60):
        page.keyboard.press(key)
        focus = page.evaluate(_FOCUS)
        assert focus["ring"], f"no focus ring on {focus}"
        assert focus["shown"], f"the focus is on something out of sight: {focus}"
        if focus["name"].startswith(name):
            return
    raise AssertionError(f"`{name}` was not reached")


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(open_page):
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUS)["name"] == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "Request information")


def test_a_request_is_sent_and_the_honeypot_is_never_a_stop(open_page):
    page, typed = open_page(), Typed()
    page.goto("/")
    tab_to(page, "Ask us")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask/")
    for label, text in typed.inquiry.items():
        tab_to(page, label)
        page.keyboard.insert_text(text)
    tab_to(page, "You agree that we use")
    tab_to(page, "Company", key="Shift+Tab")
    tab_to(page, "You agree that we use")
    page.keyboard.press("Space")
    tab_to(page, "Send the request")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/")


def test_after_a_refusal_the_focus_is_on_the_summary_and_leads_to_the_field(open_page):
    page = open_page()
    page.goto("/ask/")
    tab_to(page, "Email address")
    page.keyboard.insert_text("nobody")
    tab_to(page, "Send the request")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, "Email address")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") in ("email", "message")


def test_a_product_card_shows_where_the_focus_is(open_page):
    page = open_page()
    page.goto("/products/")
    for name in ("Drinkware", "Apparel", "Bags", "Pens & desk"):
        tab_to(page, name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/pens-and-desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pens & desk")


def test_the_operator_works_by_keyboard_too(open_page, site):
    typed = Typed()
    guest, staff = open_page(), open_page()
    journey.write(guest, typed)
    name, one_time = site.operator
    staff.goto("/console/")
    for label, text in (("Email or user name", name), ("Password", one_time)):
        tab_to(staff, label)
        staff.keyboard.insert_text(text)
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("heading", name="Choose your password")).to_be_visible()
    for label in ("New password", "New password again"):
        tab_to(staff, label)
        staff.keyboard.insert_text(typed.own_password)
    staff.keyboard.press("Enter")
    secret = operator.secret_shown(staff)
    tab_to(staff, "Code")
    staff.keyboard.insert_text(pyotp.TOTP(secret).now())
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    tab_to(staff, "I have kept them")
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("navigation", name="Console")).to_be_visible()
    tab_to(staff, "Testimonials")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/console/moderation/testimonials/**")
    tab_to(staff, "Publish")
    tab_to(staff, "Publish")
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("status")).to_contain_text("It is published.")
