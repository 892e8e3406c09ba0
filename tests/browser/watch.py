"""Watches a page as a suspicious visitor would: who is contacted, what is refused, what breaks."""

from urllib.parse import urlsplit

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

_AXE = Axe()


_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
    .map(one => `${one.localName}.${one.className}`).slice(0, 12).join(", ")"""
"""The elements that reach beyond the window."""


class Watch:
    """Everything noteworthy that one browser page did, from now on."""

    def __init__(self, page: Page, base: str) -> None:
        self._here = urlsplit(base).netloc
        self.page = page
        self.elsewhere: list[str] = []
        """Addresses of requests to any other host."""
        self.complaints: list[str] = []
        """Errors and warnings of the browser: script errors, policy violations, failed loads."""
        self.expected: set[int] = set()
        """Statuses that the test provokes; the browser's line about them is no complaint."""
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def clean(self) -> None:
        """Assert that nobody else was contacted and nothing was refused or broken."""
        assert not self.elsewhere, f"other hosts were contacted: {self.elsewhere}"
        assert not self.complaints, f"the browser complains: {self.complaints}"

    def accessible(self) -> None:
        """Assert that axe-core (WCAG and best practice rules) has no violation to report."""
        found = _AXE.run(self.page)["violations"]
        said = [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]
        assert not said, f"{self.page.url}: {said}"

    def fits(self) -> None:
        """Assert that nothing makes the page scroll sideways."""
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{self.page.url} is {over} px too wide: {self.page.evaluate(_WIDE)}"

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != self._here:
            self.elsewhere.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(f"status of {status}" in message.text for status in self.expected):
            return
        self.complaints.append(f"{message.type}: {message.text}")
