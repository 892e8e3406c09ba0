"""A running site on fresh roots, and a browser that may talk to nothing else."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests import served

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def make_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., served.Served]]:
    """Make and serve a site: `make_site(policy="usimprints")`, `policy` also a path."""
    sites: list[served.Served] = []

    def make(policy: str | Path = "usimprints", *words: str) -> served.Served:
        folder = tmp_path_factory.mktemp("site") / "imprints"
        sites.append(served.serve(served.make(folder, str(policy)), *words))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()
        site.made.remove_databases()


@pytest.fixture(scope="module")
def site(make_site: Callable[..., served.Served]) -> served.Served:
    """One site for the tests of a module: fresh roots, policy usimprints."""
    return make_site()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.fail("no Chromium is installed; `make test` says how to get it")
    # Playwright keeps an event loop in this thread; tests here may still look into the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=15_000)  # hashing a password on a busy machine takes seconds
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, site: served.Served) -> Iterator[Callable[..., Page]]:
    """Open a page as another person: `open_page(mobile=False, javascript=True, **context)`.

    At the end: no page of them asked another machine for anything, none had an error in a script.
    """
    contexts: list[BrowserContext] = []
    strangers: list[str] = []
    errors: list[str] = []
    own = urlsplit(site.url).netloc

    def look(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != own:
            strangers.append(request.url)

    def open_one(*, mobile: bool = False, javascript: bool = True, **more: object) -> Page:
        size = {"width": 390, "height": 844} if mobile else {"width": 1280, "height": 900}
        context = browser.new_context(
            base_url=site.url,
            viewport=size,  # type: ignore[arg-type]  # a plain dict is the shape it documents
            java_script_enabled=javascript,
            has_touch=mobile,
            **more,  # type: ignore[arg-type]  # passed on as given
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.on("request", look)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert strangers == []
    assert errors == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A visitor with an ordinary desktop browser."""
    return open_page()
