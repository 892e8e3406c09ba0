"""A person with a browser: cookies, forms with their hidden fields, an address of their own."""

import html
import http.client
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

_HIDDEN = re.compile(r"<input[^>]*type=\"?hidden\"?[^>]*>")
_NAME, _VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')
TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    place: str
    """Where it leads on to."""
    text: str


def own_address() -> str:
    """An address of this machine, another for each person: brakes count by address."""
    return f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(2, 250)}"


@dataclass
class Browser:
    """Asks the site on `port`. Raises `OSError` or `HTTPException` where it does not answer."""

    port: int
    source: str = field(default_factory=own_address)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path, None)

    def send(self, path: str, page: Answer, values: Mapping[str, str]) -> Answer:
        """The form of `page`, filled in with `values`."""
        return self._ask("POST", path, {**hidden(page.text), **values})

    def _ask(self, method: str, path: str, values: Mapping[str, str] | None) -> Answer:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=TIMEOUT, source_address=(self.source, 0)
        )
        headers = {"Cookie": "; ".join(f"{name}={one}" for name, one in self.cookies.items())}
        body = None
        if values is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(values)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", errors="replace")
            for line in response.headers.get_all("Set-Cookie") or ():
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name.strip()] = value
            return Answer(response.status, response.headers.get("Location") or "", text)
        finally:
            connection.close()


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the forms on a page, by name."""
    found = {}
    for one in _HIDDEN.findall(text):
        name, value = _NAME.search(one), _VALUE.search(one)
        if name:
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found
