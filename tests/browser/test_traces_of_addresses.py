"""Where a running site leaves addresses: in the file of visits, among many, and nowhere else.

The adversary of `benchmarks/linkage.py` gets the file of visits and, of every form, its second and
its sender. This is what makes that the whole dump: no other file of a site holds an address.
"""

import hashlib
import secrets
import sqlite3
import time
import urllib.request
from contextlib import closing, suppress
from ipaddress import IPv6Address
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kept.keepers.visits.batches import DISTINCT
from kept.keepers.visits.collecting import EVERY
from tests import served
from tests.browser import client, journey
from tests.browser.journey import Typed
from tests.browser.test_traces_of_people import disks

SETTINGS = '\nKEPT["TRUSTED_PROXIES"] = ["127.0.0.1"]\n'
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
COLUMNS = {
    "batch": ["id", "closed", "dropped", "lost"],
    "page": ["batch", "page", "views", "robots"],
    "reading": ["batch", "page", "step", "times"],
    "address": ["address", "batch"],
    "running": ["since"],
}
"""All that stands in the file of visits; the adversary gets it whole."""


def address() -> str:
    """Long enough that none stands in a file by chance."""
    return str(IPv6Address("2001:db8::") + secrets.randbits(96))


def spellings(one: str) -> list[bytes]:
    """An address as software writes it down, unkeyed digests of it too."""
    number = IPv6Address(one)
    texts = [one, number.exploded, str(int(number)), f"{int(number):x}"]
    digests = [
        make(text.encode())
        for make in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.blake2b)
        for text in texts[:2]
    ]
    return [
        *(text.encode() for text in texts),
        number.packed,
        *(digest.digest() for digest in digests),
        *(digest.hexdigest().encode() for digest in digests),
    ]


def holding(files: list[Path], addresses: list[str]) -> set[str]:
    """Names of the files in which any of the addresses stands."""
    wanted = [needle for one in addresses for needle in spellings(one)]
    found = set()
    for path in files:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:  # gone meanwhile
            continue
        if any(needle in raw for needle in wanted):
            found.add(path.name)
    return found


@pytest.fixture
def site(tmp_path):
    """A site behind a proxy that tells whom it stands for."""
    made = served.make(tmp_path / "imprints")
    package = next(one.parent for one in made.folder.glob("*/settings.py"))
    with (package / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    running = served.serve(made)
    yield running
    running.stop()
    made.remove_databases()


def look(site, one: str) -> None:
    """Somebody looks at two pages."""
    for path in ("/", "/about/"):
        headers = {"X-Forwarded-For": one, "User-Agent": BROWSER}
        with urllib.request.urlopen(urllib.request.Request(site.url + path, headers=headers)) as it:
            assert it.status == 200


def started(file: Path) -> Path:
    """The file of visits, once the collector has noted that it runs: the site may be ready before.

    The note is the last that is written before the first batch.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with (
            suppress(sqlite3.OperationalError),  # it is not made yet
            closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as open_,
        ):
            if open_.execute("SELECT count(*) FROM running").fetchone() == (1,):
                return file
        time.sleep(0.1)
    raise AssertionError("the collector of visits did not start")


def test_addresses_stand_in_the_file_of_visits_among_many_and_nowhere_else(site, open_page):
    file = started(site.folder / "data" / "visits" / "visits.sqlite3")
    written = file.stat().st_mtime_ns
    senders = [address() for _ in range(3)]
    pages = [
        open_page(extra_http_headers={"X-Forwarded-For": one}, user_agent=BROWSER)
        for one in senders
    ]
    journey.ask(pages[0], Typed(), consent=True)
    journey.expect_path(pages[0], "/thanks/")
    pages[1].goto("/about/")
    client.register(pages[1], client.Client())
    pages[2].goto("/testimonials/")
    client.sign_in(pages[2], "zoe.client@example.org", "not the right words")
    expect(pages[2].get_by_role("alert")).to_be_visible()
    crowd = [address() for _ in range(DISTINCT + 5)]
    for one in crowd:
        look(site, one)

    looked_for = [*senders, *crowd[:3]]  # of the crowd some: all of them take minutes to search for
    assert holding(disks(site), looked_for) == set(), "nothing is spooled"
    assert file.stat().st_mtime_ns == written, "no file tells when somebody came"
    site.stop()
    assert holding(disks(site), looked_for) == {file.name}
    with closing(sqlite3.connect(file)) as open_:
        tables = [name for (name,) in open_.execute("SELECT name FROM sqlite_schema")]
        kept = [one for (one,) in open_.execute("SELECT address FROM address")]
        columns = {
            name: [row[1] for row in open_.execute(f"PRAGMA table_info({name})")]
            for name in tables
            if not name.startswith(("sqlite_", "batch_", "address_"))
        }
        closed = [moment for (moment,) in open_.execute("SELECT closed FROM batch")]
    assert columns == COLUMNS
    assert kept == sorted([*senders, *crowd]), "each once, in an order of their own"
    assert closed
    assert all(moment % EVERY == 0 for moment in closed)


@pytest.mark.parametrize("spelling", range(len(spellings(address()))))
def test_the_search_would_find_an_address_in_each_spelling(tmp_path, spelling):
    one = address()
    careless = tmp_path / "careless.log"
    careless.write_bytes(b"GET / by " + spellings(one)[spelling] + b" at noon")
    assert holding([careless], [address()]) == set()
    assert holding([careless], [one]) == {"careless.log"}
