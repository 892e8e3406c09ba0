"""Each error as a visitor meets it: the whole stack answers, says what to do, repeats nothing."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from kept.keepers.accounts.models import User
from kept.site.urls import urlpatterns as site
from tests.accounts.conftest import _fresh_brake, world
from tests.site.conftest import text_of

__all__ = ["_fresh_brake", "world"]

CANARY = "zoe-7f3e@example.org"
TYPED = {"name": "Zoë zoe-7f3e", "email": CANARY, "message": "zoe-7f3e"}


def breaks(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"{request.POST.get('email')} could not be stored at {__file__}")


urlpatterns = [path("breaks/", breaks), *site]


@pytest.fixture
def browser(world, settings):
    """A browser that checks what a server checks."""
    settings.ROOT_URLCONF = "tests.site.test_errors"
    settings.DEBUG = False
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def signed_in(browser):
    user = User.objects.create_user("client", "kayak lantern moss orchid")
    browser.force_login(user)
    return browser


def too_many(browser):
    """Guess until it is enough; the brake counts names, so the name is the same each time."""
    free = Client()
    for _ in range(8):
        answer = free.post("/account/login/", {"name": CANARY, "password": "zoe-7f3e"})
    return answer


CASES = {
    "400 of a path that is no text": (400, lambda one: one.get("/%00zoe-7f3e/")),
    "400 of a query that is no text": (400, lambda one: one.get("/?q=zoe-7f3e%FF")),
    "400 of a host that is not ours": (
        400, lambda one: one.get("/", headers={"host": "zoe-7f3e.example"})
    ),
    "400 of a thousand fields": (
        400,
        lambda one: Client(raise_request_exception=False).post(
            "/ask/", {f"zoe-7f3e-{n}": "x" for n in range(1000)}
        ),
    ),
    "403 of a page for staff": (403, lambda one: signed_in(one).get("/console/?zoe-7f3e")),
    "403 of a form from elsewhere": (403, lambda one: one.post("/ask/?zoe-7f3e", TYPED)),
    "404": (404, lambda one: one.get(f"/nothing/{CANARY}/")),
    "405": (405, lambda one: Client().post("/products/bags/?zoe-7f3e", TYPED)),
    "413": (
        413, lambda one: one.post("/ask/", b"zoe-7f3e" * 200_000, content_type="text/plain")
    ),
    "429": (429, too_many),
    "500": (500, lambda one: Client(raise_request_exception=False).post("/breaks/", TYPED)),
}  # fmt: skip
NEXT = re.compile(r"[Gg]o back|[Tt]ry again|reload|[Ww]ait |[Oo]pen the page|sign in|All products")


@pytest.mark.parametrize("case", CASES)
def test_it_says_what_to_do_next_and_repeats_nothing(browser, case, caplog):
    status, provoke = CASES[case]
    answer = provoke(browser)
    assert answer.status_code == status
    text = text_of(answer)
    assert NEXT.search(text), text
    whole = answer.content.decode() + str(answer.headers) + str(answer.cookies)
    if status != 429:  # the sign-in page keeps the name that its visitor typed, for the next try
        assert "zoe-7f3e" not in whole.lower()
    for word in ("Traceback", "ValueError", "django", "/src/", ".py", "Exception", "Python"):
        assert word not in whole, word


@pytest.mark.parametrize("case", [one for one in CASES if not one.startswith("429")])
def test_it_is_a_whole_page_with_a_way_on_and_every_header(browser, case):
    answer = CASES[case][1](browser)
    page = answer.content.decode()
    assert '<html lang="en">' in page
    assert 'href="/"' in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_what_broke_is_logged_without_what_was_typed(browser, caplog):
    CASES["500"][1](browser)
    assert "ValueError" in caplog.text
    assert "zoe-7f3e@example.org" not in caplog.text
    assert "[email] could not be stored" in caplog.text


def test_testimonials_are_never_cached(browser):
    said = Client().get("/testimonials/")["Cache-Control"]
    assert {"no-store", "private"} <= {one.strip() for one in said.split(",")}
