"""Everything a site puts into a browser: each `Set-Cookie` as it came, the jar, every storage."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from playwright.sync_api import BrowserContext, Page

_STORED = """async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map((one) => one.name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope),
    readable: document.cookie,
})"""
NOTHING: dict[str, Any] = {
    "local": [], "session": [], "databases": [], "caches": [], "workers": [], "readable": "",
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One `Set-Cookie`; `seconds` is None for one that lasts until the browser closes."""

    name: str
    deletes: bool
    seconds: int | None
    attributes: frozenset[str]
    url: str


class Jar:
    """Watches one browser context from its first page on."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.settings: list[Setting] = []
        self._context, self._page = context, page
        self._urls: dict[str, str] = {}
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceivedExtraInfo", self._received)

    def stored(self) -> dict[str, Any]:
        """What the page that is open finds in the browser besides cookies."""
        found: dict[str, Any] = self._page.evaluate(_STORED)
        return found

    def names(self) -> set[str]:
        """The cookies that the browser holds now."""
        return {one["name"] for one in self._context.cookies()}

    def left(self, name: str) -> float | None:
        """Seconds that a cookie has to live; None until the browser closes."""
        one = next(one for one in self._context.cookies() if one["name"] == name)
        return None if one["expires"] == -1 else one["expires"] - time.time()

    def lifetimes(self) -> dict[str, set[int | None]]:
        """Every cookie that was set (not deleted): its lifetimes in seconds."""
        found: dict[str, set[int | None]] = {}
        for one in self.settings:
            if not one.deletes:
                found.setdefault(one.name, set()).add(one.seconds)
        return found

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _received(self, event: dict[str, Any]) -> None:
        headers = {name.lower(): text for name, text in event["headers"].items()}
        for line in headers.get("set-cookie", "").split("\n"):
            if line:
                self.settings.append(_read(line, self._urls.get(event["requestId"], "")))


def _read(line: str, url: str) -> Setting:
    pair, *parts = [one.strip() for one in line.split(";")]
    name, _, value = pair.partition("=")
    named = {key.lower(): text for key, _, text in (one.partition("=") for one in parts)}
    seconds = int(named["max-age"]) if "max-age" in named else None
    if seconds is None and "expires" in named:
        seconds = round(parsedate_to_datetime(named["expires"]).timestamp() - time.time())
    plain = frozenset(f"{key}={text.lower()}" if text else key for key, text in named.items())
    return Setting(name, value in ("", '""') or seconds == 0, seconds, plain, url)
