"""Every place of the console: nothing breaks, everyone can read it, it fits what they hold."""

import pytest

from tests.browser import journey
from tests.browser.journey import Typed
from tests.browser.shots import shoot
from tests.browser.watch import Watch


@pytest.fixture(scope="module")
def session(make_site):
    """A site of its own, because a first sign-in happens once, and the cookies of that sign-in."""
    return make_site(), {}


@pytest.fixture
def site(session):
    """The served site."""
    return session[0]


@pytest.fixture
def staff(open_page, session):
    """The operator's page, signed in."""
    site, cookies = session
    page = open_page()
    if not cookies:
        journey.start_operating(page, site, Typed())
        cookies["all"] = page.context.cookies()
    page.context.add_cookies(cookies["all"])
    return page


def test_each_place_of_the_sidebar_is_clean_accessible_and_fits(staff, site):
    watch = Watch(staff, site.url)
    staff.goto("/console/")
    links = staff.locator("nav.sidebar a").evaluate_all("all => all.map(a => a.pathname)")
    places = [path for path in dict.fromkeys(links) if path.startswith(("/console/", "/mailbox/"))]
    assert {"/console/", "/console/promises/", "/console/data/", "/console/requests/"} <= set(
        places
    )
    for path in places:
        answer = staff.goto(path)
        assert answer.status == 200, path
        watch.accessible()
        shoot(staff, f"console-{path.strip('/').replace('/', '-')}")
        for width in (375, 1280):
            staff.set_viewport_size({"width": width, "height": 800})
            watch.fits()
    watch.clean()


def test_looking_at_the_promises_again_tells_what_it_found(staff):
    staff.goto("/console/promises/")
    staff.get_by_role("button", name="Look at all now").click()
    staff.get_by_text("It was looked at just now.").wait_for()
    assert staff.get_by_text("not as it should be").count() == 0


def test_a_box_of_the_data_map_shows_by_keyboard_what_it_is_connected_with(staff):
    staff.goto("/console/data/")
    staff.locator('[data-node="point:collect.testimonial"]').focus()
    assert staff.locator(".map-edge.on").count() > 3
    off = staff.locator(".map-node.off")
    assert off.filter(has_text="personalise").count() == 1
    assert off.filter(has_text="public").count() == 0
