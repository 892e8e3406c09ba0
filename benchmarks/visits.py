"""B12: what recording visits costs a page, and the endpoint that takes times of reading.

Rules: the shop's own first page through the whole middleware, against the same without ours for
visits; the collector runs in its own process, as in `kept serve`; afterwards every view is either
published or counted as lost.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks import world
from benchmarks.measure import Arm, race
from benchmarks.table import Row

_MIDDLEWARE = "kept.keepers.visits.middleware.Visits"
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_POLICY = Path(__file__).parents[1] / "policies" / "usimprints.toml"

urlpatterns: list[Any] = []


def run() -> list[Row]:
    """The page, the endpoint, and what became of the views."""
    return world.on_engines("benchmarks.visits")


def measure() -> Iterator[Row]:
    """Serve with and without, beside a running collector."""
    _post()
    collector = _collector()
    try:
        yield from _page()
        yield from _endpoint()
    finally:
        collector.terminate()
        collector.wait(30)
    yield _lost()


_seen = count()
_recorded: Counter[str] = Counter()
"""Pages that were served with recording."""


def _page() -> Iterator[Row]:
    from django.conf import settings

    without = [one for one in settings.MIDDLEWARE if one != _MIDDLEWARE]
    with_, bare = _server(list(settings.MIDDLEWARE), "/"), _server(without, "/")
    arms = [Arm("recorded", with_, 10), Arm("not recorded", bare, 10)]
    times = race(arms, {"recorded": "not recorded"}, narrow=0.01)
    spent = times.median("not recorded") * 1e3
    work = (
        f"the shop's first page with visits recorded, {_engine()} (without: {spent:.2f} ms, wall)"
    )
    yield Row("B12", work, "times", *_around(times, "recorded", "not recorded"))


def _engine() -> str:
    from django.db import connection

    return connection.vendor


def _around(times: Any, arm: str, baseline: str) -> tuple[float, float, float, float]:
    middle, low, high = times.ratio(arm, baseline)
    return middle, 1.03, low, high


def _endpoint() -> Iterator[Row]:
    from django.conf import settings
    from django.http import HttpResponse
    from django.urls import path

    from kept.keepers.visits.middleware import READ_PATH

    addresses = import_module("benchmarks.visits").urlpatterns  # not of the module that runs
    addresses[:] = [path("bare/", lambda _request: HttpResponse(status=204))]
    ours = _poster([_MIDDLEWARE], READ_PATH, settings.ROOT_URLCONF)
    bare = _poster([], "/bare/", "benchmarks.visits")
    arms = [Arm("endpoint", ours, 50), Arm("bare view", bare, 50)]
    times = race(arms, {"bare view": "endpoint"}, narrow=0.02)
    middle, low, high = times.ratio("bare view", "endpoint")
    work = f"the endpoint for times of reading, a bare view's requests a second, {_engine()}"
    yield Row("B12", work, "times", middle, 0.5, low, high, at_least=True)


def _server(middleware: list[str], address: str) -> Any:
    handler, factory = _handler(middleware)

    def serve() -> int:
        number = next(_seen)
        visitor = f"198.51.{number // 250 % 250}.{number % 250}"
        _recorded[address] += _MIDDLEWARE in middleware
        request = factory.get(address, headers={"user-agent": _BROWSER}, REMOTE_ADDR=visitor)
        response = handler.get_response(request)
        return int(response.status_code)

    return serve


def _poster(middleware: list[str], address: str, urlconf: str) -> Any:
    handler, factory = _handler(middleware)

    def serve() -> int:
        request = factory.post(address, b"A" * 80, content_type="text/plain")
        request.urlconf = urlconf
        return int(handler.get_response(request).status_code)

    return serve


def _handler(middleware: list[str]) -> tuple[Any, Any]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory
    from django.test.utils import override_settings

    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler(), RequestFactory()


def _post() -> None:
    """The reference policy in force, as the site has it."""
    from django.conf import settings

    from kept import promises

    settings.KEPT = {**settings.KEPT, "POLICY": _POLICY}
    promises.adopt()


def _collector() -> "subprocess.Popen[bytes]":
    """The collector on the roots of this process, once it answers."""
    from kept.conf import settings

    roots = {"DATA": str(settings().data), "POLICY": str(settings().policy)}
    code = (
        "import django; django.setup(); from django.conf import settings as s; from pathlib import"
        f" Path; s.KEPT = {{**s.KEPT, **{{k: Path(v) for k, v in {roots!r}.items()}}}};"
        "from kept.keepers.visits import server; raise SystemExit(server.main())"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env=os.environ)
    for _ in range(400):
        if _answers():
            return process
        time.sleep(0.05)
    raise RuntimeError("the collector does not answer")


def _answers() -> bool:
    from kept.keepers.visits import messages, store

    try:
        with socket.socket(socket.AF_UNIX) as peer, messages.reachable(store.folder()) as address:
            peer.connect(address)
            return len(messages.receive(peer)) > 1
    except OSError:
        return False


def _lost() -> Row:
    """Views that were neither published nor counted as lost."""
    from kept.keepers.visits import middleware, store

    with store.connected() as open_:
        told = open_.execute("SELECT coalesce(sum(views), 0) FROM page").fetchone()[0]
        lost = open_.execute("SELECT coalesce(sum(lost), 0) FROM batch").fetchone()[0]
    views = _recorded["/"]
    missing = views - told - lost - middleware.hand.lost
    return Row(
        "B12", f"views lost and not counted, {_engine()} (of {views:,})", "views", abs(missing), 0
    )


def main() -> None:
    """In a process of its own: tables made, the policy posted, the rows printed."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps([asdict(row) for row in measure()]))


if __name__ == "__main__":
    main()
