"""What people do while the site is under fire: one function for each thing, and what it may give.

Rules: each answer is counted under a name, never an address; something counts as acknowledged when
its last answer has come; a link in a mail is followed by whoever is free.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Lock

from benchmarks.fire.browser import Answer, Browser
from benchmarks.fire.oracle import Acknowledged, Phase

_PAGES = ("/", "/products/", "/about/", "/contact/", "/testimonials/", "/privacy/",
          "/privacy/cookies/", "/privacy/requests/", "/account/login/", "/robots.txt")  # fmt: skip
_BEFORE_TRYING_AGAIN = 0.2
"""Seconds; whoever asks a site that is down as fast as a machine can takes it the processor."""
PASSWORD = "harbour walnut quiet lantern"
_OK, _FOUND, _CONFLICT, _GONE, _INVALID, _ERROR = 200, 302, 409, 410, 422, 500
_CHANGED = (_CONFLICT, _INVALID, _OK)
"""A form that was on the page while another version of the policy took effect is shown again."""


class Unanswered(Exception):  # noqa: N818 - said where it is caught
    """No answer came, or not the one that the next step needs; it is counted already."""


@dataclass
class Crowd:
    """Everybody, on one site. `said` is what the site acknowledged."""

    port: int
    phase: Phase
    said: Acknowledged = field(default_factory=Acknowledged)
    waiting: dict[str, Browser] = field(default_factory=dict)
    """Who waits for a mail: address -> browser."""
    wish_to_go: set[str] = field(default_factory=set)
    """The addresses that asked to be erased."""
    lock: Lock = field(default_factory=Lock)
    _number: int = 0

    def something(self) -> None:
        """One thing that somebody does."""
        ways: list[tuple[int, Callable[[], object]]] = [
            (50, self.browse), (30, self.inquire), (5, self.register), (6, self.ask_for_copy),
            (6, self.ask_for_erasure),
        ]  # fmt: skip
        (way,) = random.choices([one for _, one in ways], [weight for weight, _ in ways])
        self._try(way)

    def follow(self, address: str, path: str) -> None:
        """The link in a mail."""
        ways = {
            "/account/confirm/": self.confirm_account,
            "/privacy/requests/confirm/": self.confirm_request,
            "/privacy/requests/fetch/": self.fetch_copy,
        }
        for start, way in ways.items():
            if path.startswith(start):
                self._try(lambda way=way: way(address, path))  # type: ignore[misc]

    def browse(self) -> None:
        """A few pages."""
        browser = Browser(self.port)
        for path in random.sample(_PAGES, 3):
            self.need("browse", browser.get, path, {_OK})

    def inquire(self) -> str:
        """The form, filled in; the address."""
        browser, address = Browser(self.port), self.new_address()
        message = f"How much are {self._number} mugs, {address}?"
        values = {"name": "Zoë Fire", "email": address, "message": message,
                  "consent-answer-inquiry": "on"}  # fmt: skip
        page = self.need("inquiry form", browser.get, "/ask/", {_OK})
        done = self.need(
            "inquire", lambda path: browser.send(path, page, values), "/ask/", {_FOUND, *_CHANGED}
        )
        if done.status != _FOUND:
            raise Unanswered
        with self.lock:
            self.said.inquiries[address] = message
        return address

    def register(self) -> None:
        """The form of a new account; a mail is to come."""
        browser, address = Browser(self.port), self.new_address()
        page = self.need("account form", browser.get, "/account/register/", {_OK})
        values = {"username": address.partition("@")[0], "email": address, "password": PASSWORD,
                  "name": "Zoë Fire", "consent-serve-account": "on",
                  "consent-transaction": "on"}  # fmt: skip
        self.waiting[address] = browser
        self.need(
            "register", lambda path: browser.send(path, page, values), "/account/register/",
            {_FOUND, *_CHANGED},
        )  # fmt: skip

    def confirm_account(self, address: str, path: str) -> None:
        """The link of the mail; then sign in, look at the account, ask for a copy, sign out."""
        browser = self.waiting.pop(address, None) or Browser(self.port)
        page = self.need("account link", browser.get, path, {_OK, _GONE})
        done = self.need(
            "confirm account",
            lambda at: browser.send(at, page, {}),
            path,
            {_FOUND, _GONE, *_CHANGED},
        )
        if not done.place.endswith("done=opened"):
            return
        with self.lock:
            self.said.accounts.append(address)
        self.sign_in(browser, address)
        for own in ("/account/", "/account/profile/", "/account/sessions/"):
            self.need("own pages", browser.get, own, {_OK})
        data = self.need("own data", browser.get, "/account/data/", {_OK})
        wish = {"verb": "ask", "kind": "access", "password": PASSWORD}
        self.need(
            "ask, signed in", lambda at: browser.send(at, data, wish), "/account/data/", {_FOUND}
        )
        self.need("sign out", lambda at: browser.send(at, data, {}), "/account/logout/", {_FOUND})

    def sign_in(self, browser: Browser, address: str) -> None:
        """The login form."""
        page = self.need("login form", browser.get, "/account/login/", {_OK})
        values = {"name": address, "password": PASSWORD}
        self.need("sign in", lambda at: browser.send(at, page, values), "/account/login/", {_FOUND})

    def ask_for_copy(self) -> None:
        """Inquire, then ask for a copy of one's data."""
        self._ask("access", self.inquire())

    def ask_for_erasure(self) -> None:
        """Inquire, then ask to be erased."""
        self._ask("erase", self.inquire())

    def _ask(self, kind: str, address: str) -> None:
        browser, path = Browser(self.port), f"/privacy/requests/{kind}/"
        page = self.need(f"{kind} form", browser.get, path, {_OK})
        self.waiting[address] = browser
        if kind == "erase":
            self.wish_to_go.add(address)
        self.need(
            f"ask {kind}", lambda at: browser.send(at, page, {"email": address}), path,
            {_FOUND, *_CHANGED},
        )  # fmt: skip

    def confirm_request(self, address: str, path: str) -> None:
        """The link of the mail: it was me. What was asked is under way from then on."""
        browser = self.waiting.get(address) or Browser(self.port)
        page = self.need("request link", browser.get, path, {_OK, _GONE})
        if page.status == _GONE:
            return
        erase = address in self.wish_to_go
        if erase:
            with self.lock:
                self.said.erasing.append(address)
        done = self.need(
            "confirm request", lambda at: browser.send(at, page, {"answer": "yes"}), path,
            {_FOUND, _GONE, _OK},
        )  # fmt: skip
        if erase and done.status == _FOUND:
            with self.lock:
                self.said.erased.append(address)

    def fetch_copy(self, address: str, path: str) -> None:
        """The copy."""
        browser = self.waiting.get(address) or Browser(self.port)
        page = self.need("copy link", browser.get, path, {_OK, _GONE})
        if page.status == _OK:
            self.need("fetch copy", lambda at: browser.send(at, page, {}), path, {_OK, _GONE})

    def new_address(self) -> str:
        """Somebody nobody knows."""
        with self.lock:
            self._number += 1
            return f"fire-{self._number}-{random.getrandbits(24):06x}@example.org"

    def need(self, action: str, ask: Callable[[str], Answer], path: str, fit: set[int]) -> Answer:
        """Ask, count; raises `Unanswered` where nothing fit came."""
        try:
            answer = ask(path)
        except (OSError, HTTPException):
            self._count(action, 0)
            raise Unanswered from None
        self._count(action, answer.status)
        if answer.status not in fit:
            if answer.status < _ERROR:
                with self.lock:
                    self.phase.unexpected.append(f"{answer.status} for `{action}`")
            raise Unanswered
        return answer

    def _count(self, action: str, status: int) -> None:
        with self.lock:
            self.phase.answers[action, status] += 1

    def _try(self, way: Callable[[], object]) -> None:
        try:
            way()
        except Unanswered:
            time.sleep(_BEFORE_TRYING_AGAIN)
