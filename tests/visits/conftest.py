"""A collector of its own process, as `kept serve` runs it, and a site whose pages it counts."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.keepers.visits import handing, messages, store
from kept.keepers.visits import middleware as visits_middleware
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]


class Running:
    """The collector's process and its published file."""

    def __init__(self, data: Path, policy: Path) -> None:
        code = (
            "import django; django.setup(); from django.conf import settings as s;"
            f"from pathlib import Path; s.KEPT = {{**s.KEPT, 'DATA': Path({str(data)!r}),"
            f"'POLICY': Path({str(policy)!r})}};"
            "from kept.keepers.visits import server; raise SystemExit(server.main())"
        )
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        self.process = subprocess.Popen([sys.executable, "-c", code], env=env)
        for _ in range(600):
            if self.process.poll() is not None or self.greets(data / "visits"):
                break
            time.sleep(0.02)

    @staticmethod
    def greets(folder: Path) -> bool:
        """Whether a collector answers there."""
        try:
            with socket.socket(socket.AF_UNIX) as peer, messages.reachable(folder) as address:
                peer.connect(address)
                return len(messages.receive(peer)) > 1
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(20) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)


@pytest.fixture
def data(transactional_db, usimprints, settings, tmp_path, monkeypatch) -> Path:
    """A data root of the test's own, and a worker that has handed nothing over yet."""
    place = tmp_path / "deep" / ("x" * 60) / "data"
    place.mkdir(parents=True)
    settings.KEPT = {**settings.KEPT, "DATA": place}
    monkeypatch.setattr(visits_middleware, "hand", handing.Hand())
    monkeypatch.setattr(handing, "_AGAIN", 0.0)
    return place


@pytest.fixture
def start(data, settings) -> Iterator:
    """Starts collectors; the last one is ended with the test."""
    running: list[Running] = []

    def starting() -> Running:
        running.append(Running(data, settings.KEPT["POLICY"]))
        return running[-1]

    yield starting
    for one in running:
        if one.process.poll() is None:
            one.kill()


def rows(query: str) -> list[tuple]:
    """What a query finds in the published file."""
    with sqlite3.connect(store.folder() / "visits.sqlite3") as open_:
        return open_.execute(query).fetchall()
