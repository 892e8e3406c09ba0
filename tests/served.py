"""A site of its own, as a person makes one: `kept new`, `kept serve`, real processes and roots.

Used by the browser tests and by the tests of `kept serve`. The engine is the run's.
"""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import postgres

_KEPT = [sys.executable, "-m", "kept.cli"]


def free_port() -> int:
    """A port of this machine that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass
class Made:
    """A project on fresh roots, and the environment its commands run in."""

    folder: Path
    environment: dict[str, str]
    databases: tuple[tuple[postgres.Cluster, str], ...] = ()

    def kept(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `kept …` in the project."""
        return subprocess.run(
            [*_KEPT, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,  # what should have been refused must not be served for ever
        )

    def remove_databases(self) -> None:
        """Drop what was made in the run's clusters."""
        for cluster, name in self.databases:
            cluster.drop(name)


def make(folder: Path, policy: str = "usimprints") -> Made:
    """`kept new` in `folder` on the engine that `KEPT_TEST_DB` selects."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("KEPT_", "DJANGO_", "PYTEST_"))
    }
    words = ["new", str(folder), "--policy", policy]
    databases: tuple[tuple[postgres.Cluster, str], ...] = ()
    if os.environ.get("KEPT_TEST_DB") == "postgresql":
        unique = uuid.uuid4().hex[:12]
        data = postgres.Cluster(Path(os.environ["KEPT_TEST_PG_DATA"]))
        keys = postgres.Cluster(Path(os.environ["KEPT_TEST_PG_KEYS"]))
        databases = ((data, f"site_{unique}"), (keys, f"keys_{unique}"))
        words += ["--database", data.create(databases[0][1])]
        environment["KEPT_KEYS"] = keys.create(databases[1][1])
    subprocess.run([*_KEPT, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    return Made(folder, environment, databases)


@dataclass
class Served:
    """A running `kept serve`: where it is, what it told, its process."""

    made: Made
    port: int
    process: subprocess.Popen[str]
    log: Path
    """What the supervisor and its children wrote to standard error."""
    events: list[dict[str, Any]] = field(default_factory=list)
    _incoming: "queue.Queue[dict[str, Any] | None]" = field(default_factory=queue.Queue)

    @property
    def url(self) -> str:
        """Where the site is, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        """The project, with its roots `data/`, `keys/` and `secret/`."""
        return self.made.folder

    @property
    def ready(self) -> dict[str, Any]:
        """The event that told the addresses and, on a first start, the operator."""
        return next(event for event in self.events if event["event"] == "ready")

    @property
    def operator(self) -> tuple[str, str]:
        """User name and one-time password of the first operator (first start only)."""
        name, password = self.ready["operator"]
        return name, password

    def wait_for(self, kind: str, within: float = 60, **facts: Any) -> dict[str, Any]:
        """The next event of this kind that has these facts."""
        deadline = time.monotonic() + within
        while True:
            try:
                event = self._incoming.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                event = None
            if event is None:
                raise AssertionError(f"no `{kind}` {facts}; log:\n{self.log.read_text()}")
            self.events.append(event)
            if event["event"] == kind and facts.items() <= event.items():
                return event

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 30) -> int:
        """End it as an operator does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(within)
        finally:
            self.process.kill()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._incoming.put(json.loads(line))
        self._incoming.put(None)


def serve(made: Made, *words: str, port: int = 0, environment: Mapping[str, str] = {}) -> Served:
    """Start `kept serve` in the project; returns once the site answers."""
    port = port or free_port()
    log = made.folder.with_name(f"{made.folder.name}.log")
    with log.open("a") as stream:
        process = subprocess.Popen(
            [*_KEPT, "serve", "--port", str(port), "--json", *words],
            cwd=made.folder,
            env={**made.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
        )
    served = Served(made, port, process, log)
    threading.Thread(target=served._read, daemon=True).start()
    try:
        served.wait_for("ready")
    except BaseException:
        process.kill()
        raise
    return served
