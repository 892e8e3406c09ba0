"""Every public page: nobody else is contacted, nothing breaks, everyone can read it, anywhere."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.shots import shoot
from tests.browser.watch import Watch

PAGES = {
    "home": "/",
    "products": "/products/",
    "drinkware": "/products/drinkware/",
    "apparel": "/products/apparel/",
    "bags": "/products/bags/",
    "pens-and-desk": "/products/pens-and-desk/",
    "about": "/about/",
    "contact": "/contact/",
    "ask": "/ask/",
    "thanks": "/thanks/",
    "testimonials": "/testimonials/",
    "write": "/testimonials/write/",
    "written": "/testimonials/thanks/",
    "privacy": "/privacy/",
    "evidence": "/privacy/evidence/",
    "requests": "/privacy/requests/",
    "history": "/privacy/history/",
    "version": "/privacy/history/0/",
    "sign-in": "/account/login/",
}


def test_each_page_is_clean_accessible_and_fits_every_width(open_page, site):
    page = open_page()
    watch = Watch(page, site.url)
    for name, path in PAGES.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        watch.accessible()
        shoot(page, f"page-{name}")
        for width in (320, 375, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            watch.fits()
    watch.clean()


def test_each_page_is_accessible_in_the_dark_and_on_a_phone(open_page, site):
    page = open_page(mobile=True, color_scheme="dark")
    watch = Watch(page, site.url)
    for name, path in PAGES.items():
        page.goto(path)
        watch.accessible()
        shoot(page, f"dark-{name}", ["phone"])
    watch.clean()


def test_each_refusal_is_a_page_of_the_site(open_page, site):
    page = open_page()
    watch = Watch(page, site.url)
    watch.expected = {400, 404, 405}
    for path, status in (("/nowhere/", 404), ("/%00/", 400), ("/account/logout/", 405)):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        expect(page.get_by_role("main").get_by_role("link", name="home page")).to_be_visible()
        watch.accessible()
        shoot(page, f"error-{status}")
    watch.clean()


def test_the_browser_is_told_to_contact_this_site_only(open_page):
    answer = open_page().goto("/")
    assert answer is not None
    allowed = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in allowed
    assert "'unsafe-inline'" not in " ".join(allowed)
    assert "http" not in " ".join(allowed)


def test_the_watch_sees_a_request_elsewhere_and_a_policy_violation(open_page, site):
    """The page is made to misbehave; the watch has to notice, else its silence means nothing."""
    page = open_page()
    watch = Watch(page, site.url)
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(document.createElement('style'))")
    page.evaluate("document.querySelector('style').textContent = 'p { color: red }'")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in one for one in watch.complaints)
    with pytest.raises(AssertionError):
        watch.clean()
    page.evaluate("document.querySelector('h1').remove()")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    with pytest.raises(AssertionError, match="html-has-lang"):
        watch.accessible()
    page.evaluate("document.querySelector('main').append(document.createElement('pre'))")
    page.set_viewport_size({"width": 320, "height": 800})
    wide = "document.querySelector('h2').textContent = 'w'.repeat(999)"
    page.evaluate(wide)
    page.evaluate("document.querySelector('h2').setAttribute('class', 'badge')")
    with pytest.raises(AssertionError, match="too wide"):
        watch.fits()


def test_the_policy_prints_as_text_without_the_frame(open_page):
    page = open_page()
    page.goto("/privacy/")
    page.emulate_media(media="print")
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Contents")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"


def test_each_sentence_says_how_long_ago_it_was_checked_and_on_paper_when(open_page, site):
    site.made.kept("verify", "--promise", "contacts.info")
    page, plain = open_page(), open_page(javascript=False)
    written = re.compile(r"^kept · checked [A-Z][a-z]+ \d+, \d\d:\d\d UTC$")
    for one, said in (
        (page, re.compile(r"^kept · checked (just now|\d+ minutes? ago)$")),
        (plain, written),
    ):
        one.goto("/privacy/")
        expect(one.locator("[id='contacts.info'] .badge")).to_have_text(said)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("[id='contacts.info'] .badge")).to_have_text(written)


def test_a_clause_can_be_linked_to_and_is_marked(open_page):
    page = open_page()
    page.goto("/privacy/")
    link = page.get_by_role("link", name="Link to clause collect.inquiry")
    link.click()
    assert page.url.endswith("#collect.inquiry")
    marked = page.locator(":target")
    expect(marked).to_contain_text("collect.inquiry")
    expect(marked).to_be_in_viewport()


def test_static_files_are_cached_and_pages_with_a_form_are_not(open_page):
    page = open_page()
    seen = {}
    page.on("response", lambda one: seen.update({one.url.split("/", 3)[3]: one.headers}))
    page.goto("/ask/")
    sheet = next(headers for path, headers in seen.items() if path.startswith("static/"))
    assert "max-age=0" not in sheet["cache-control"]
    assert "no-store" in seen["ask/"]["cache-control"]
