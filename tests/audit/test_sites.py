"""Whole sites through the command: one that is not ours, and our own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import served
from tests.audit import foreign

ROOT = Path(__file__).parents[2]


def audit(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `kept audit …` as people do."""
    return subprocess.run(
        [sys.executable, "-m", "kept.cli", "audit", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.fixture
def guest_book(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """`guest_book(defect)` starts the Django site that is not ours; its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(defect: str = "") -> str:
        port = served.free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
        words = [sys.executable, "-m", "tests.audit.foreign", str(port), *filter(None, [defect])]
        running.append(subprocess.Popen(words, cwd=ROOT, env=environment))
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return f"http://127.0.0.1:{port}/"
        raise AssertionError("the guest book does not answer")

    yield start
    for process in running:
        process.terminate()
        process.wait()


@pytest.fixture
def guest_policy(tmp_path: Path) -> str:
    file = tmp_path / "policy.toml"
    file.write_text(foreign.POLICY, "utf-8")
    return str(file)


def test_a_django_site_that_is_not_ours_is_held_to_its_policy(guest_book, guest_policy):
    done = audit(guest_book(""), "--policy", guest_policy, "--json")
    found = json.loads(done.stdout)
    assert found["kept"]["findings"] == []
    assert done.returncode == 0
    assert [one["name"] for one in found["cookies"]] == ["csrftoken"]
    assert found["cookies"][0]["expiresSeconds"] == 31_449_600


def test_a_cookie_that_a_package_adds_to_it_is_found_and_written_down(
    guest_book, guest_policy, tmp_path
):
    out = tmp_path / "report"
    url = guest_book("recently-viewed")
    done = audit(url, "--policy", guest_policy, "--out", str(out))
    assert done.returncode == 1
    assert "recently_viewed" in done.stdout
    found = json.loads((out / "inspection.json").read_text())
    assert [one["subject"] for one in found["kept"]["findings"]] == ["recently_viewed"]
    assert {"uri_ins", "uri_dest", "hosts", "cookies", "localStorage", "links", "beacons"} <= set(
        found
    )
    assert set(found["hosts"]["requests"]) == {"firstParty", "thirdParty"}
    page = (out / "audit.html").read_text()
    assert "recently_viewed" in page
    assert "data:image/jpeg;base64," in page
    assert "<script" not in page
    assert 'src="http' not in page


OPTIONAL = """
[cookies.cookie-choice]
says = "remembers what you chose about optional cookies"
lifetime = "180 days"
necessary = true

[cookies.theme]
says = "remembers the colours that you like"
lifetime = "90 days"
for = ["personalise"]
"""


def test_our_own_site_keeps_its_policy_in_every_state_of_choice(tmp_path):
    policy = tmp_path / "policy.toml"
    text = (ROOT / "policies" / "usimprints.toml").read_text("utf-8")
    policy.write_text(text + OPTIONAL, "utf-8")
    made = served.make(tmp_path / "imprints", str(policy))
    site = served.serve(made)
    try:
        done = audit(f"{site.url}/", "--policy", str(policy), "--max-pages", "7", "--json")
    finally:
        site.stop()
        made.remove_databases()
    found = json.loads(done.stdout)
    assert found["kept"]["findings"] == []
    assert (found["kept"]["verdict"], done.returncode) == ("nothing found", 0)
    opened = {url.removeprefix(site.url) for url in found["browsing_history"]}
    assert {"/", "/ask/", "/privacy/"} <= opened
    assert {"csrftoken", "cookie-choice"} == {one["name"] for one in found["cookies"]}
    reached = {name: one["reached"] for name, one in found["kept"]["states"].items()}
    assert {reached[one] for one in ("accepted", "withdrawn", "refused")} == {"yes"}


def test_without_playwright_it_says_how_to_install_it(guest_policy, tmp_path):
    (tmp_path / "playwright").mkdir()
    (tmp_path / "playwright" / "__init__.py").write_text("raise ImportError('not here')")
    done = audit("http://127.0.0.1:1/", "--policy", guest_policy, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "B001" in done.stderr
    assert "pip install 'kept[audit]'" in done.stderr


def test_without_chromium_it_says_how_to_install_it(guest_policy):
    done = audit("http://127.0.0.1:1/", "--policy", guest_policy, PATH="/nowhere")
    assert (done.returncode, "B002" in done.stderr) == (2, True)
    assert "apt install chromium" in done.stderr


def test_a_site_that_does_not_answer_is_not_passed(guest_policy):
    done = audit(f"http://127.0.0.1:{served.free_port()}/", "--policy", guest_policy)
    assert (done.returncode, "B004" in done.stderr) == (2, True)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "127.0.0.1:8000", "https:///path"])
def test_what_is_no_address_is_refused(guest_policy, address):
    done = audit(address, "--policy", guest_policy)
    assert (done.returncode, "B006" in done.stderr) == (2, True)


def test_a_file_that_is_no_policy_is_refused_with_its_first_error(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("[policy]\nsite = 1\n")
    done = audit("http://127.0.0.1:1/", "--policy", str(file))
    assert (done.returncode, "B005" in done.stderr) == (2, True)
    assert "policy.toml" in done.stderr
