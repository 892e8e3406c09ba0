"""Scripts and pixels of a third-party app: a real browser contacts nobody, and it is told."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import served

SETTINGS = '\nMIDDLEWARE = kept.middleware([*SITE_MIDDLEWARE, "phonehome.middleware.Everything"])\n'
REPORT = (
    "from kept.keepers.edges import flows;print([(one.kind, one.name) for one in flows.report()])"
)


@pytest.fixture(scope="module")
def tracker() -> Iterator[ThreadingHTTPServer]:
    """Somebody else's server on this machine, under another name; `asked` lists what came."""
    asked: list[str] = []

    class Collect(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(b"fetch('/more')")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collect)
    server.asked = asked
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def site(tmp_path_factory, tracker) -> Iterator[served.Served]:
    made = served.make(tmp_path_factory.mktemp("site") / "imprints")
    shutil.copytree(Path("tests/edges/theirs/phonehome"), made.folder / "phonehome")
    package = next(one.parent for one in made.folder.glob("*/settings.py"))
    with (package / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    home = f"localhost:{tracker.server_address[1]}"
    running = served.serve(made, environment={"PHONEHOME": home, "PHONEHOME_COOKIE": "0"})
    yield running
    running.stop()
    made.remove_databases()


def test_the_browser_contacts_nobody_and_the_operator_is_told(site, browser: Browser, tracker):
    page = browser.new_context(base_url=site.url).new_page()
    for path in ("/", "/ask/", "/privacy/", "/account/login/", "/nothing/"):
        page.goto(path, wait_until="networkidle")
    assert "t.js" in page.content()
    assert tracker.asked == []
    page.context.close()
    site.stop()
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", REPORT],
        cwd=site.folder,
        env=site.made.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    home = f"localhost:{tracker.server_address[1]}"
    assert f"('source', '{home}')" in told
    assert "('source', 'inline script')" in told
    assert "('header', 'Reporting-Endpoints')" in told


def test_the_same_page_without_its_policy_contacts_them(browser: Browser, tracker):
    """Or the silence above means nothing."""
    home = f"localhost:{tracker.server_address[1]}"
    page = browser.new_context().new_page()
    page.set_content(
        f'<script src="http://{home}/t.js"></script><img src="http://{home}/pixel.gif">'
    )
    page.wait_for_load_state("networkidle")
    page.context.close()
    assert {"/t.js", "/pixel.gif"} <= set(tracker.asked)
    tracker.asked.clear()
