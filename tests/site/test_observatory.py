"""Every page, for everybody, scores A+ by the HTTP Observatory's rules, errors too."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kept.keepers.accounts.models import User
from kept.vault.keystore import start
from tests.accounts.conftest import _fresh_brake, client_of_ours, person, world
from tests.enrol import enrol
from tests.site.observatory import score

__all__ = ["_fresh_brake", "client_of_ours", "person", "world"]


def addresses(resolver: URLResolver, before: str = "/") -> list[str]:
    """Every address that takes no argument."""
    found = []
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += addresses(one, path)
        elif isinstance(one, URLPattern) and "<" not in path:
            found.append(path)
    return found


@pytest.fixture
def in_production(world, settings, monkeypatch):
    """As in production, but for the roots of the tests, which share a parent."""
    monkeypatch.setattr(start, "start_problems", tuple)
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def poor(browser: Client, paths: list[str]) -> dict[str, object]:
    """Pages that score less than A+, with what took points away."""
    browser.raise_request_exception = False
    found: dict[str, object] = {}
    for path in paths:
        answer = browser.get(path, secure=True)
        body = b"" if answer.streaming else answer.content
        points, lost = score(answer.headers, answer.cookies, body)
        if points < 100:
            found[path] = (answer.status_code, points, lost)
    return found


def test_every_page_scores_a_plus_for_visitors_clients_and_staff(client_of_ours, in_production):
    paths = addresses(get_resolver())
    assert len(paths) > 40
    client, staff = Client(), Client()  # made now, so that they are served as in production
    client.cookies = client_of_ours.browser.cookies
    user = User.objects.create_user("op", None, is_staff=True)
    enrol(user)
    staff.force_login(user)
    more = ["/products/bags/", "/nothing/here/", "/static/kept_site/site.css"]
    assert client.get("/account/profile/", secure=True).status_code == 200
    for browser in (Client(), client, staff):
        assert poor(browser, [*paths, *more]) == {}


def test_http_leads_to_https(in_production):
    assert Client().get("/ask/")["Location"] == "https://testserver/ask/"


@pytest.mark.parametrize(
    ("bad", "lost"),
    [
        ({"Content-Security-Policy": ""}, "csp-not-implemented"),
        (
            {"Content-Security-Policy": "script-src 'self' 'unsafe-inline'"},
            "csp-implemented-with-unsafe-inline",
        ),
        ({"Strict-Transport-Security": "max-age=60"}, "hsts-implemented-max-age-less-than-six"),
        ({"X-Content-Type-Options": ""}, "x-content-type-options-not-implemented"),
        ({"Referrer-Policy": "unsafe-url"}, "referrer-policy-unsafe"),
        ({"Cross-Origin-Resource-Policy": "cross-origin"}, "cross-origin-resource-policy"),
        ({"Content-Security-Policy": "default-src 'self'", "X-Frame-Options": ""}, "x-frame"),
    ],
)
def test_the_rules_take_points_for_each_weakness(in_production, bad, lost):
    headers = {**Client().get("/", secure=True).headers, **bad}
    points, why = score(headers, SimpleCookie())
    assert any(one.startswith(lost) for one in why)
    assert points < score(Client().get("/", secure=True).headers, SimpleCookie())[0]
    cookies = SimpleCookie()
    cookies["a"] = "b"
    assert score(headers, cookies)[0] <= points - 20
