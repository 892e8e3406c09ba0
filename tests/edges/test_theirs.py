"""A third-party app that sets cookies, loads scripts, logs and phones home: stopped, and told."""

import _socket
import io
import logging
import socket
import sys
from pathlib import Path

import pytest
from django.test import Client

import kept
from kept.conf import stopped
from kept.keepers.cookies import middleware
from kept.keepers.edges import flows
from kept.site.settings import SITE_MIDDLEWARE
from tests.accounts.conftest import world
from tests.accounts.person import token_of
from tests.posting import post, usimprints

__all__ = ["post", "usimprints", "world"]

WHO = "zoe-5a7c@example.org"
HOME = "collector.tracker.example"


@pytest.fixture
def infected(world, settings, monkeypatch):
    """The site with the app among its middleware, in production; what the app's handler wrote."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "theirs"))
    settings.MIDDLEWARE = kept.middleware([*SITE_MIDDLEWARE, "phonehome.middleware.Everything"])
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 2525
    from kept.vault.keystore import start

    monkeypatch.setattr(start, "start_problems", tuple)
    monkeypatch.setattr(middleware, "_written", float("-inf"))
    # Past the suite's own refusal of names: the guard denies before anything is looked up.
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    stopped.take()
    written = io.StringIO()
    sys.modules.pop("phonehome.middleware", None)
    import phonehome.middleware

    theirs = logging.getLogger("phonehome")
    handlers, theirs.handlers = theirs.handlers, [logging.StreamHandler(written)]
    yield written
    theirs.handlers = handlers
    assert phonehome.middleware.HOME == HOME
    stopped.take()


def ask(browser: Client):
    token = token_of(browser.get("/ask/", secure=True))
    typed = {"name": "Zoë", "email": WHO, "message": "Mugs?", "consent-answer-inquiry": "on"}
    return browser.post("/ask/", {"kept-form": token, **typed}, secure=True)


def test_its_cookie_is_not_set_and_the_site_works(infected):
    browser = Client()
    assert ask(browser)["Location"] == "/thanks/"
    assert "ph_visitor" not in browser.cookies


def test_its_log_line_names_nobody_whatever_handler_it_uses(infected):
    ask(Client())
    lines = infected.getvalue()
    assert "form sent by [ip]" in lines
    assert "[email]" in lines
    assert WHO not in lines


def test_its_scripts_are_refused_by_the_page_s_own_policy(infected):
    page = Client().get("/", secure=True)
    assert HOME in page.content.decode()
    assert HOME not in str(page.headers)
    assert "script-src 'self';" in page["Content-Security-Policy"]
    assert "Reporting-Endpoints" not in page.headers


def test_the_operator_reads_of_all_of_it_by_name_and_of_nobody(infected):
    for _ in range(3):
        ask(Client())
    flows.write_down()
    told = {(line.kind, line.name): line.count for line in flows.report()}
    assert told[("cookie", "ph_visitor")] == 6
    assert told[("source", HOME)] == 3
    assert told[("source", "inline script")] == 3
    assert told[("header", "Reporting-Endpoints")] == 6
    assert told[("connection", HOME)] == 3
    assert told[("mail", "localhost")] == 3
    assert told[("log", "phonehome")] == 3
    assert set(told) == {
        ("cookie", "ph_visitor"), ("source", HOME), ("source", "inline script"),
        ("header", "Reporting-Endpoints"), ("connection", HOME), ("mail", "localhost"),
        ("log", "phonehome"),
    }  # fmt: skip
    whole = str([(line.kind, line.name, line.do) for line in flows.report()])
    assert WHO not in whole
    assert "visitor-8d21f0" not in whole
    assert all(line.do for line in flows.report())


def test_what_one_request_stops_is_written_down_without_anybody_asking(infected):
    Client().get("/", secure=True)
    assert ("cookie", "ph_visitor") in {(line.kind, line.name) for line in flows.report()}
