"""From a question to its answer, and from a customer's words to their publication, in browsers."""

import pytest
from playwright.sync_api import expect

from tests.browser import journey, operator, visitor
from tests.browser.journey import Typed
from tests.browser.shots import shoot
from tests.browser.watch import Watch


@pytest.fixture
def site(make_site):
    """Fresh roots for each test: a first sign-in happens once."""
    return make_site()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_the_whole_way_of_visitor_and_operator(site, open_page, javascript):
    typed = Typed()
    guest, staff = open_page(javascript=javascript), open_page(javascript=javascript)
    watches = [Watch(guest, site.url), Watch(staff, site.url)]
    watches[0].expected = {422}
    look = _Looker(watches, javascript=javascript)

    guest.goto("/")
    look(guest, "home")
    journey.ask(guest, typed, consent=False)
    journey.expect_kept_on_the_page(guest, typed)
    look(guest, "ask-without-consent")

    journey.start_operating(staff, site, typed)
    look(staff, "console")
    staff.goto("/console/inbox/?state=all")
    expect(staff.get_by_text("Nothing here.")).to_be_visible()

    visitor.agree(guest)
    guest.get_by_role("button", name="Send the request").click()
    journey.expect_path(guest, "/thanks/")
    look(guest, "thanks")

    staff.goto("/console/inbox/")
    look(staff, "inbox")
    read = journey.answer(staff, typed)
    assert list(read.values()) == list(typed.inquiry.values())
    look(staff, "answered")
    mail = journey.read_mail(staff, typed)
    assert mail["To"] == typed.inquiry["Email address"]
    assert mail["text"].strip() == typed.answer
    look(staff, "mail")

    told = " ".join(journey.write(guest, typed))
    assert "What is published everyone can read, copy and keep" in told
    look(guest, "written")
    words = typed.testimonial["Your words"].split("\n")[0]
    guest.goto("/testimonials/")
    expect(guest.get_by_text(words)).to_have_count(0)
    staff.goto("/console/moderation/testimonials/")
    look(staff, "moderation")
    operator.decide(staff, words, "Publish")
    guest.reload()
    expect(guest.get_by_text(words)).to_be_visible()
    expect(guest.get_by_text(typed.testimonial["Name to show"])).to_be_visible()
    assert typed.testimonial["Email address"] not in guest.content()
    look(guest, "testimonials")

    operator.decide(staff, words, "Take down", state="published")
    guest.reload()
    expect(guest.get_by_text(words)).to_have_count(0)

    staff.goto("/console/")
    staff.get_by_role("button", name="Sign out").click()
    staff.goto("/console/inbox/")
    expect(staff.get_by_role("heading", name="Sign in")).to_be_visible()
    for watch in watches:
        watch.clean()


class _Looker:
    """Looks at a page the way the tests of every page do, and takes its picture."""

    def __init__(self, watches: list[Watch], *, javascript: bool) -> None:
        self._by_page = {watch.page: watch for watch in watches}
        self._javascript = javascript

    def __call__(self, page, name: str) -> None:
        if self._javascript:  # axe is a script; the pages it looks at are the same
            self._by_page[page].accessible()
            self._by_page[page].fits()
        shoot(page, f"{'script' if self._javascript else 'plain'}-{name}")
