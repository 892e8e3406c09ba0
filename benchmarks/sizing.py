"""For the sizing guide: processor time of a request, memory of a worker, bytes of a person.

No target and no baseline: what a machine must have. A real site under `kept serve`, one web worker;
the processor's time is that of all processes of the site and of its database servers, so that what
else runs on the machine does not count. People have ten rows of five sealed values each.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import people, world
from benchmarks.measure import QUICK
from benchmarks.table import Row

_PAGES = {
    "the first page": "/", "a page of the shop": "/products/", "the privacy page": "/privacy/",
    "a form": "/ask/",
}  # fmt: skip
_REQUESTS = 5 if QUICK else 150
_PEOPLE = 500 if QUICK else 20_000
_ROWS = 10
_EVENTS = 1_000 if QUICK else 50_000
_IDLE = 1.0 if QUICK else 12.0
"""Seconds that the site is looked at while nobody asks for anything."""
_BUSY, _LOOK, _LOOKS = 0.1, 4.0, 0 if QUICK else 20
"""Above this share of a core it still does what is due at a first start; seconds of a look."""
_TICKS = os.sysconf("SC_CLK_TCK")


def run() -> list[Row]:
    """Rows per engine: the site's, then those of the stores."""
    rows = []
    for engine in world.ENGINES:
        with tempfile.TemporaryDirectory(prefix="kept-sizing-") as place:
            rows += list(_site(Path(place), engine))
        rows += world.on_engines("benchmarks.sizing", (engine,))
    return rows


def _site(folder: Path, engine: str) -> Iterator[Row]:
    with _served(folder, engine) as (port, processes):
        for _ in range(_LOOKS):
            if _share(processes, _LOOK) < _BUSY:
                break
        idle = _share(processes, _IDLE)
        yield Row("size", f"a site that nobody visits, {engine}", "% of a core", 100 * idle, None)
        for words, path in _PAGES.items():
            yield _requests(words, _page(port, path), processes, engine, idle)
        sent = _inquiry(port)
        yield _requests("a form fetched, sent and stored", sent, processes, engine, idle)
        memory = _memory(processes()[0])
        yield Row("size", f"memory of a site with one web worker, {engine}", "MB", memory, None)


@contextmanager
def _served(folder: Path, engine: str) -> Iterator[tuple[int, Callable[[], tuple[int, ...]]]]:
    """The site's port, and the processes at the root of all that works for it."""
    from tests import postgres, served

    os.environ["KEPT_TEST_DB"] = engine
    roots: list[int] = []
    if engine == "postgresql":
        for name in ("data", "keys"):
            cluster = postgres.start(f"sizing-{name}")
            os.environ[f"KEPT_TEST_PG_{name.upper()}"] = str(cluster.folder)
            (pid_file,) = cluster.folder.rglob("postmaster.pid")
            roots.append(int(pid_file.read_text().split()[0]))
    made = served.make(folder / "sizing_site")
    made.environment["KEPT_MAIL_IN"] = ""  # no port for mail
    site = served.serve(made, "--workers", "1")
    try:
        yield site.port, lambda: (site.process.pid, *roots)
    finally:
        site.stop()
        made.remove_databases()


def _page(port: int, path: str) -> Callable[[], None]:
    from benchmarks.fire.browser import Browser

    def get() -> None:
        _require(Browser(port).get(path).status == 200, path)

    return get


def _inquiry(port: int) -> Callable[[], None]:
    from benchmarks.fire.browser import Browser

    number = iter(range(1_000_000))

    def send() -> None:
        browser = Browser(port)
        form = browser.get("/ask/")
        values = {
            "name": "Zoë", "email": f"size-{next(number)}@example.org",
            "message": "How much are mugs?", "consent-answer-inquiry": "on",
        }  # fmt: skip
        _require(browser.send("/ask/", form, values).status == 302, "/ask/")

    return send


def _require(fits: bool, path: str) -> None:
    if not fits:
        raise ValueError(f"`{path}` was not answered as it must be")


def _share(processes: Callable[[], tuple[int, ...]], seconds: float) -> float:
    """The share of a core that the site takes by itself."""
    before, start = _spent(processes()), time.monotonic()
    time.sleep(seconds)
    return (_spent(processes()) - before) / (time.monotonic() - start)


def _requests(
    words: str,
    work: Callable[[], None],
    processes: Callable[[], tuple[int, ...]],
    engine: str,
    idle: float,
) -> Row:
    for _ in range(5):
        work()
    before, start = _spent(processes()), time.monotonic()
    for _ in range(_REQUESTS):
        work()
    spent = _spent(processes()) - before - idle * (time.monotonic() - start)
    each = max(spent, 0.0) / _REQUESTS * 1e3
    a_second = 1e3 / max(each, 1e-3)
    work_said = f"{words}, {engine} ({a_second:.0f} a second and core)"
    return Row("size", work_said, "ms of a core", each, None)


def _spent(roots: tuple[int, ...]) -> float:
    """Processor seconds of these processes and all below them, ended ones included."""
    total = 0
    for pid in _tree(roots):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(one) for one in fields[11:15])
    return total / _TICKS


def _tree(roots: tuple[int, ...]) -> list[int]:
    found = list(roots)
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(one) for one in task.read_text().split()]
    return found


def _memory(site: int) -> float:
    """Megabytes of all processes of the site, what they share counted once."""
    total = 0
    for pid in _tree((site,)):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6


def measure() -> Iterator[Row]:
    """What people take in each store, and what events take in the log."""
    from django.db import connection

    from benchmarks.gdprbench import space

    vendor, before = connection.vendor, space.sizes(connection)
    made = people.make(people.zipf(_PEOPLE, _ROWS * _PEOPLE))
    filled = space.sizes(connection)
    rows = sum(made.sizes)
    for store in ("data", "keys"):
        each = (filled[store] - before[store]) / _PEOPLE
        work = f"a person with {rows / _PEOPLE:.0f} rows, {store}, {vendor}"
        yield Row("size", work, "bytes", each, None)
    _record(list(made))
    log = (space.sizes(connection)["ledger"] - filled["ledger"]) / _EVENTS
    yield Row("size", f"an event on record, {vendor}", "bytes", log, None)


def _record(everybody: list[Any]) -> None:
    from django.db import transaction

    from kept import ledger

    event = ledger.Collected(point="inquiry", version=0, categories=("contact.email",))
    some = [everybody[number % len(everybody)] for number in range(_EVENTS)]
    for start in range(0, _EVENTS, 1_000):
        with transaction.atomic():
            for one in some[start : start + 1_000]:
                ledger.record(event, one)
    while ledger.sequence_once():
        pass


if __name__ == "__main__":
    sys.exit(world.tell(measure))
