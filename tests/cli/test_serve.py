"""`kept serve` on a real project: its parts live, die, come back and end as told."""

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import raw, served

_SLOW_URLS = '''
"""A page that takes its time."""

import time

from django.http import HttpResponse
from django.urls import include, path


def slow(request):
    time.sleep(1.5)
    return HttpResponse("the whole answer")


urlpatterns = [path("slow/", slow), path("", include("kept.site.urls"))]
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Made]:
    made = served.make(tmp_path_factory.mktemp("serve") / "imprints")
    (made.folder / "imprints" / "urls.py").write_text(_SLOW_URLS)
    yield made
    made.remove_databases()


@pytest.fixture(scope="module")
def first_start(project: served.Made) -> served.Served:
    """The very first start, stopped again: roots, databases and operator are made."""
    site = served.serve(project)
    site.stop()
    return site


@pytest.fixture
def site(project: served.Made, first_start: served.Served) -> Iterator[served.Served]:
    running = served.serve(project)
    _await_parts(running, "web", "jobs", "record", "schedule")
    yield running
    running.stop()


def _await_parts(running: served.Served, *parts: str) -> None:
    for part in parts:
        if part not in _pids(running):  # waiting for another may have seen it
            running.wait_for("started", name=part)


def _get(site: served.Served, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def _pids(site: served.Served) -> dict[str, int]:
    return {event["name"]: event["pid"] for event in site.events if event["event"] == "started"}


def _gone(pid: int, within: float = 10) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_the_first_start_tells_an_operator_once(first_start: served.Served, project) -> None:
    name, password = first_start.operator
    assert name
    assert len(password) >= 15
    again = served.serve(project)
    again.stop()
    assert again.ready["operator"] is None
    assert first_start.ready["migrated"] > 0
    assert again.ready["migrated"] == 0


def test_the_one_time_password_stands_in_no_file(first_start: served.Served) -> None:
    _, password = first_start.operator
    assert raw.files_with(password, [first_start.folder.parent]) == []


def test_the_addresses_that_are_told_answer(site: served.Served) -> None:
    for name in ("site", "privacy", "console", "mailbox"):
        path = site.ready[name].removeprefix(site.url)
        status, _ = _get(site, path)
        assert status in (200, 302), name


@pytest.mark.parametrize("part", ["web", "jobs", "record", "schedule"])
def test_a_killed_part_comes_back(site: served.Served, part: str) -> None:
    pid = _pids(site)[part]
    os.kill(pid, signal.SIGKILL)
    died = site.wait_for("died", name=part)
    assert died["how"] == "signal SIGKILL"
    again = site.wait_for("started", name=part)
    assert again["pid"] != pid
    if part == "web":
        assert _answers_again(site)


def test_what_is_done_by_the_clock_is_done_while_serving(site: served.Served) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        told = json.loads(site.made.kept("schedule", "list", "--json").stdout)["jobs"]
        jobs = {job["name"]: job for job in told}
        if jobs["accounts.sweep"]["condition"] == "good":
            break
        time.sleep(0.5)
    assert jobs["accounts.sweep"]["condition"] == "good"
    assert jobs["backup.make"]["due"].partition("T")[2].startswith("03:00")
    done = site.made.kept("schedule", "run", "backup.make")
    assert "verified" in done.stdout, done.stderr
    assert "K011" in site.made.kept("schedule", "run", "nothing").stderr


def _answers_again(site: served.Served, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return _get(site, "/")[0] == 200
        time.sleep(0.1)
    return False


def test_stopping_lets_an_open_request_finish(site: served.Served) -> None:
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(_get(site, "/slow/")))
    asking.start()
    time.sleep(0.5)
    assert site.stop(signal.SIGTERM) == 0
    asking.join(10)
    assert answers == [(200, "the whole answer")]
    assert all(_gone(pid) for pid in _pids(site).values())


def test_parts_end_when_the_supervisor_is_killed(site: served.Served) -> None:
    site.process.kill()
    assert all(_gone(pid, 20) for pid in _pids(site).values())


def test_a_port_in_use_is_named_before_anything_starts(project, first_start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = project.kept("serve", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"X020 `127.0.0.1:{port}`")
    assert "--port" in done.stderr
    assert done.stdout == ""


def test_a_host_that_is_not_here_is_named(project, first_start) -> None:
    done = project.kept("serve", "--host", "192.0.2.1", "--port", str(served.free_port()))
    assert done.returncode == 2
    assert done.stderr.startswith("X021 `192.0.2.1:")


def test_a_second_supervisor_of_the_same_project_is_refused(site: served.Served) -> None:
    done = site.made.kept("serve", "--port", str(served.free_port()))
    assert done.returncode == 2
    assert done.stderr.startswith("X022 ")


def test_outside_a_project_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kept.cli", "serve"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("X001 ")


def test_a_wrong_policy_stops_the_start_with_its_line(project, first_start) -> None:
    policy = project.folder / "policy.toml"
    right = policy.read_text()
    policy.write_text(right.replace("answer-inquiry", "answer-enquiry", 1))
    try:
        done = project.kept("serve", "--port", str(served.free_port()))
    finally:
        policy.write_text(right)
    assert done.returncode == 2
    assert "policy.toml:" in done.stderr
    assert "`answer-inquiry`" in done.stderr


def test_a_database_that_does_not_answer_is_named(project, first_start) -> None:
    nowhere = f"postgresql://me:opensesame@127.0.0.1:{served.free_port()}/shop"
    lost = replace(project, environment={**project.environment, "DATABASE_URL": nowhere})
    done = lost.kept("serve", "--port", str(served.free_port()))
    assert done.returncode == 2
    assert "X024 " in done.stderr
    assert "Traceback" not in done.stderr
    assert "opensesame" not in done.stderr


def test_a_production_start_with_all_roots_in_one_folder_is_refused(project, first_start) -> None:
    live = replace(project, environment={**project.environment, "KEPT_PRODUCTION": "1"})
    done = live.kept("serve", "--port", str(served.free_port()))
    assert done.returncode == 2
    assert "X023 " in done.stderr
    assert "share the parent" in done.stderr


def test_people_are_shown_the_addresses_and_how_to_sign_in(tmp_path: Path) -> None:
    made = served.make(tmp_path / "imprints")
    port = served.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "kept.cli", "serve", "--port", str(port)],
        cwd=made.folder,
        env=made.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "shown this once" in line:
            break
    process.terminate()
    assert process.wait(20) == 0
    made.remove_databases()
    shown = [line.rpartition("  ")[2].strip() for line in map(str.rstrip, lines)]
    for path in ("/", "/privacy/", "/console/", "/mailbox/"):
        assert f"http://127.0.0.1:{port}{path}" in shown
    assert "One-time password" in "".join(lines)


def test_sqlite_is_in_wal_mode_and_overwrites_what_is_deleted(first_start: served.Served) -> None:
    file = first_start.folder / "data" / "db.sqlite3"
    if not file.exists():
        pytest.skip("about SQLite")
    assert sqlite3.connect(file).execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_project_whose_tasks_wait_in_no_database_has_no_worker_for_them(tmp_path: Path) -> None:
    made = served.make(tmp_path / "plain")
    with (made.folder / "plain" / "settings.py").open("a") as settings:
        settings.write(
            '\nINSTALLED_APPS = [one for one in INSTALLED_APPS if one != "django_tasks_db"]\n'
            'TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}\n'
        )
    site = served.serve(made)
    try:
        assert _get(site, "/privacy/")[0] == 200
        _await_parts(site, "web", "record", "schedule")
        assert "jobs" not in _pids(site)
    finally:
        site.stop()
        made.remove_databases()
