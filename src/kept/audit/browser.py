"""A real browser, driven by Playwright. The only file that knows Playwright.

Rules: the browser is the machine's own Chromium, with an empty profile for each visitor; it phones
nobody but the site; a dialog, a download or a crash of the page never stops the audit. Service
workers are off, so that every request goes past us.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kept._kit.errors import KeptError
from kept.audit.errors import NO_BROWSER, NO_PLAYWRIGHT, NO_START
from kept.audit.evidence import Exchange
from kept.audit.limits import Limits
from kept.audit.scripts import javascript

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        CDPSession,
        Frame,
        JSHandle,
        Page,
        Request,
        Response,
        WebSocket,
    )

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WINDOW = {"width": 1280, "height": 900}
_STEP = 50
_MAY_TAKE = 15_000
_NO_REQUEST = ("data", "blob", "about", "chrome", "chrome-extension", "devtools")


def find_chromium() -> str:
    """The path of the system's Chromium. Raises `KeptError` B002 where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise KeptError(NO_BROWSER, f"looked for {', '.join(_NAMES)}")
    return found


@contextmanager
def started() -> "Iterator[Chromium]":
    """Chromium, running until the block ends. Raises `KeptError` B001, B002, B003."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise KeptError(NO_PLAYWRIGHT, "the audit drives a real browser with it") from error
    path = find_chromium()
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()  # Chromium refuses to run as root with it
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *root])
        except Error as error:
            raise KeptError(NO_START, f"{path}: {str(error).splitlines()[0]}") from error
        try:
            yield Chromium(browser)
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class Chromium:
    """The running browser. Makes visitors, each with an empty profile."""

    _browser: "Browser"

    @property
    def version(self) -> str:
        """Such as `156.0.8078.79`."""
        return self._browser.version

    @contextmanager
    def visitor(
        self, limits: Limits, scripts: Sequence[str] = (), headers: Mapping[str, str] = {}
    ) -> "Iterator[Visitor]":
        """A new visitor. Each of `scripts` runs in every frame before the page's own.

        A script is a function of one argument, `tell(kind, value)`: what it tells stands in
        `Visitor.take`. `headers` go with every request.
        """
        context = self._browser.new_context(
            viewport=_WINDOW,  # type: ignore[arg-type]  # a plain dict is the shape it documents
            service_workers="block",
            accept_downloads=False,
            extra_http_headers=dict(headers),
        )
        context.set_default_timeout(_MAY_TAKE)
        try:
            yield Visitor(context, limits, scripts)
        finally:
            context.close()


@dataclass(frozen=True, slots=True)
class Told:
    """One word of a script that stood in the page before the page's own."""

    kind: str
    value: Any
    frame: str
    """The address of the frame that it ran in."""


@dataclass(eq=False)  # without slots: Playwright hangs its wrapper of a listener on its owner
class Visitor:
    """One person's browser, with one window, and a record of everything it asked for."""

    _context: "BrowserContext"
    _limits: Limits
    _scripts: Sequence[str]
    source: str = ""
    """The open page as the site sent it, before any script touched it."""
    _told: list[Told] = field(default_factory=list)
    _page: "Page" = field(init=False)
    _requests: "list[tuple[Request, str, datetime]]" = field(default_factory=list)
    _answers: "dict[Request, Response]" = field(default_factory=dict)
    _done: "set[Request]" = field(default_factory=set)
    _sockets: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen before anything is asked for."""
        name = f"_{secrets.token_hex(8)}"
        self._context.expose_binding(name, self._hear)
        for script in self._scripts:
            self._context.add_init_script(
                f"(() => {{ const say = window.{name}; if (!say) return;"
                f" ({script})((kind, value) => {{ say(kind, value) }}) }})()"
            )
        # The way to tell us is not left lying in the page.
        self._context.add_init_script(f"delete window.{name}")
        self._context.on("request", self._on_request)
        self._context.on("response", self._on_response)
        self._context.on("requestfinished", self._on_done)
        self._context.on("requestfailed", self._on_done)
        self._open()

    def _open(self) -> None:
        self._page = self._context.new_page()
        self._page.on("websocket", self._on_socket)
        self._page.on("dialog", lambda dialog: dialog.dismiss())

    def _hear(self, source: Any, kind: str, value: Any) -> None:
        self._told.append(Told(kind, value, source["frame"].url))

    def _on_request(self, request: "Request") -> None:
        if urlsplit(request.url).scheme not in _NO_REQUEST:
            page = request.url if _opens(request) else self._page.url
            self._requests.append((request, page, datetime.now(UTC)))

    def _on_response(self, response: "Response") -> None:
        self._answers[response.request] = response

    def _on_done(self, request: "Request") -> None:
        self._done.add(request)

    def _on_socket(self, socket: "WebSocket") -> None:
        self._sockets.append(
            Exchange(socket.url, "GET", "websocket", self._page.url, at=datetime.now(UTC))
        )

    def take(self, kind: str) -> list[Told]:
        """What the scripts have told of this kind since it was last taken."""
        taken = [one for one in self._told if one.kind == kind]
        self._told = [one for one in self._told if one.kind != kind]
        return taken

    @property
    def url(self) -> str:
        """The address of the open page."""
        return self._page.url

    @property
    def title(self) -> str:
        """The title of the open page."""
        return str(self.run("() => document.title") or "")

    def go(self, url: str) -> int | None:
        """Open `url` and let it come to rest. Its HTTP status; None where no page came."""
        from playwright.sync_api import Error

        try:
            answer = self._page.goto(url, wait_until="domcontentloaded", timeout=_MAY_TAKE)
            self.source = answer.text() if answer else ""
        except Error:  # no answer, or a download
            return None
        self.rest()
        kind = answer.headers.get("content-type", "text/html") if answer else ""
        return answer.status if answer and "html" in kind else None

    def rest(self) -> None:
        """Wait until the page has asked for nothing for a while, or patience ends."""
        waited = still = 0.0
        seen = -1
        while waited < self._limits.patience * 1000 and still < self._limits.quiet * 1000:
            self._page.wait_for_timeout(_STEP)
            waited += _STEP
            now = len(self._requests)
            busy = any(request not in self._done for request, _, _ in self._requests)
            still = 0.0 if now != seen or busy else still + _STEP
            seen = now

    def leave(self) -> None:
        """Leave the page for an empty one: what it sends as people go is sent now."""
        self._page.goto("about:blank")
        self.rest()

    def turn_away(self) -> None:
        """Let the page hear that its visitor turns away and comes back.

        What a page sends as it is really left goes out while the browser takes it down, and cannot
        be seen reliably; what it sends on these events can.
        """
        before = len(self._requests)
        self.run(javascript("leaving.js"))
        self._page.wait_for_timeout(_STEP)
        if len(self._requests) != before:
            self.rest()

    def window(self) -> None:
        """Close the window and open a new one: session storage ends here."""
        self._page.close()
        self._open()

    def run(self, script: str, argument: Any = None) -> Any:
        """The value of the JavaScript function `script` in the page; None where it fails."""
        return _run(self._page.main_frame, script, argument)

    def run_everywhere(self, script: str) -> list[tuple[str, Any]]:
        """The value in each frame that answers, beside the frame's address."""
        found = [(frame.url, _run(frame, script, None)) for frame in self._page.frames]
        return [(url, value) for url, value in found if value is not None]

    def choices(self, script: str) -> "list[Choice]":
        """What can be clicked, by a script that returns `{elements, described}`."""
        from playwright.sync_api import Error

        found: list[Choice] = []
        for frame in self._page.frames:
            try:
                handle = frame.evaluate_handle(script)
                described = handle.get_property("described").json_value()
            except Error:  # a frame that went away meanwhile
                continue
            found += [Choice(one, handle, at) for at, one in enumerate(described)]
        return found

    def click(self, choice: "Choice") -> bool:
        """Click it and let the page come to rest; whether that could be done."""
        from playwright.sync_api import Error

        try:
            element = choice.handle.evaluate_handle("(all, at) => all.elements[at]", choice.at)
            found = element.as_element()
            if found is None:
                return False
            found.click(timeout=3_000)
        except Error:
            return False
        self.rest()
        return True

    def read(self, url: str) -> str | None:
        """The text at `url`, asked for outside any page; None where there is none."""
        from playwright.sync_api import Error

        try:
            answer = self._context.request.get(url, timeout=_MAY_TAKE)
            return answer.text() if answer.ok else None
        except Error:
            return None

    def picture(self) -> bytes:
        """The window as JPEG; empty where the page cannot be drawn."""
        from playwright.sync_api import Error

        try:
            return self._page.screenshot(type="jpeg", quality=60, animations="disabled")
        except Error:
            return b""

    def jar(self) -> list[dict[str, Any]]:
        """The cookies in the browser, HttpOnly ones too."""
        return [dict(one) for one in self._context.cookies()]

    def forget(self, origins: Sequence[str]) -> None:
        """Clear cookies and everything stored, as a person does; the HTTP cache stays."""
        self._context.clear_cookies()
        session: CDPSession = self._context.new_cdp_session(self._page)
        kinds = "cookies,local_storage,indexeddb,websql,cache_storage,service_workers"
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
        session.detach()
        self.window()

    def exchanges(self) -> list[Exchange]:
        """What was asked since the last call, with the answers that came."""
        asked, self._requests = self._requests, []
        sockets, self._sockets = self._sockets, []
        return [self._exchange(*one) for one in asked] + sockets

    def _exchange(self, request: "Request", page: str, at: datetime) -> Exchange:
        before = request.redirected_from
        plain = Exchange(
            request.url,
            request.method,
            request.resource_type,
            page,
            came_from=before.url if before else "",
            at=at,
        )
        response = self._answers.pop(request, None)
        self._done.discard(request)
        return _answered(plain, request, response) if response else plain


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing on a page that can be clicked, and how the page describes it."""

    described: Mapping[str, Any]
    handle: "JSHandle"
    at: int


def _answered(plain: Exchange, request: "Request", response: "Response") -> Exchange:
    from playwright.sync_api import Error

    try:
        sent = tuple(sorted(request.all_headers().items()))
        received = tuple((one["name"].lower(), one["value"]) for one in response.headers_array())
    except Error:  # the page went away before the answer was whole
        return replace(plain, status=response.status)
    made = replace(plain, status=response.status, sent=sent, received=received)
    if response.status != 200 or not made.answer("etag"):  # noqa: PLR2004 - HTTP's OK
        return made
    try:
        return replace(made, digest=hashlib.sha256(response.body()).hexdigest())
    except Error:  # the browser keeps bodies for a while only
        return made


def _opens(request: "Request") -> bool:
    """Whether this request is the page itself."""
    return request.is_navigation_request() and request.frame.parent_frame is None


def _run(frame: "Frame", script: str, argument: Any) -> Any:
    from playwright.sync_api import Error

    try:
        return frame.evaluate(script, argument)
    except Error:  # the frame went away, or the script of the site broke what we look at
        return None
