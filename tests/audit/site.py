"""A small real site with a consent banner: clean as it stands, and each test breaks one thing.

Answers on every address of this machine: `127.0.0.1` is the site, `127.0.0.2` stands for somebody
else. Real HTTP, a thread for each connection, nothing beyond this machine.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@dataclass
class Answer:
    """What a page answers."""

    body: bytes | str = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Asked:
    """What a page was asked."""

    path: str
    query: str
    headers: Any
    cookies: dict[str, str]
    host: str


View = Callable[[Asked], Answer]

_BANNER = """<div id="cookie-banner" role="dialog" aria-label="Cookies"
style="position:fixed;bottom:0"><p>May we set cookies to count visits?</p>
<form method="post" action="/choose"><button name="choice" value="yes">Accept all</button>
<button name="choice" value="no">Refuse all</button></form></div>"""


@dataclass
class Site:
    """A site made of views. Every attribute may be changed by a test before it is served."""

    head: str = ""
    home: str = ""
    """More HTML on the first page."""
    banner: str = _BANNER
    accepted: list[str] = field(default_factory=lambda: ["stats=1; Max-Age=2592000; Path=/"])
    """`Set-Cookie` of the answer to “accept”."""
    refused: list[str] = field(default_factory=list)
    always: list[str] = field(default_factory=list)
    """`Set-Cookie` of every page."""
    keeps: tuple[str, ...] = ()
    """Cookies that are not removed when consent is taken back."""
    policy_link: str = '<a href="/privacy">Privacy policy</a>'
    change: str = (
        '<form method=post action="/withdraw"><button>Change your cookie choice</button></form>'
    )
    """In every footer."""
    form: str = (
        '<form method="post" action="/send"><label>Name <input name="name"></label>'
        '<label>Email <input name="email" type="email"></label>'
        '<label>Message <textarea name="message"></textarea></label>'
        '<label><input type="checkbox" name="consent"> I agree that you answer me</label>'
        "<button>Send</button></form>"
    )
    views: dict[str, View] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    """The paths that were posted to."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def elsewhere(self) -> str:
        """The same server, by another host."""
        return f"http://127.0.0.2:{self.port}"

    def answer(self, asked: Asked) -> Answer:
        if asked.path in self.views:
            return self.views[asked.path](asked)
        pages = {
            "/": f"<h1>Welcome</h1><p>Things in print.</p>{self.home}",
            "/contact": f"<h1>Write to us</h1>{self.form}",
            "/privacy": "<h1>Privacy policy</h1><p>In effect since March 16, 2016.</p>",
        }
        if asked.path not in pages:
            return Answer("<h1>Not found</h1>", 404)
        banner = "" if "choice" in asked.cookies else self.banner
        body = (
            f"<!doctype html><html lang=en><head><title>Prints</title><link rel=icon href=data:,>"
            f"{self.head}</head><body>{pages[asked.path]}{banner}<footer><a href=/>Home</a> "
            f"<a href=/contact>Contact</a> {self.policy_link} "
            f"{self.change}</footer></body></html>"
        )
        return Answer(body, headers=[("Set-Cookie", one) for one in self.always])

    def post(self, asked: Asked, body: str) -> Answer:
        self.posted.append(asked.path)
        back = ("Location", "/")
        if asked.path == "/choose":
            yes = "choice=yes" in body
            cookies = [f"choice={'yes' if yes else 'no'}; Max-Age=15552000; Path=/"]
            cookies += self.accepted if yes else self.refused
            return Answer("", 303, headers=[back, *(("Set-Cookie", one) for one in cookies)])
        if asked.path == "/withdraw":
            gone = [name for name in asked.cookies if name not in self.keeps]
            expired = [("Set-Cookie", f"{name}=; Max-Age=0; Path=/") for name in gone]
            return Answer("", 303, headers=[back, *expired])
        return Answer("", 303, headers=[back])


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """The site, on a free port of every loopback address, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _asked(self) -> Asked:
            path, _, query = self.path.partition("?")
            jar = SimpleCookie(self.headers.get("Cookie", ""))
            cookies = {name: morsel.value for name, morsel in jar.items()}
            host = self.headers.get("Host", "").partition(":")[0]
            return Asked(path, query, self.headers, cookies, host)

        def do_GET(self) -> None:
            self._send(site.answer(self._asked()))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._send(site.post(self._asked(), body))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """A test reads findings, not logs."""

    server = ThreadingHTTPServer(("", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
