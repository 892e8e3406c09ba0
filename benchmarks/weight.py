"""B15: what a site weighs: packages, disk, memory of a web worker, and how fast it starts again.

Measured on an environment made from requirements/run.txt and a project made by `kept new`, with the
commands people use; a quick run takes the environment that it runs in.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import QUICK
from benchmarks.table import Row
from tests.served import free_port

ROOT = Path(__file__).parents[1]
_STARTS, _REQUESTS = (1, 20) if QUICK else (5, 200)


def run() -> list[Row]:
    """Packages, megabytes, megabytes, seconds."""
    with tempfile.TemporaryDirectory(prefix="kept-weight-") as place:
        base = Path(place)
        python = Path(sys.executable) if QUICK else _environment(base / "venv")
        site = base / "imprints"
        _run(python, "-m", "kept.cli", "new", str(site), "--policy", "usimprints")
        with _serving(python, site):
            pass  # the first start makes databases and keys
        seconds, memory = [], []
        for _ in range(_STARTS):
            with _serving(python, site) as (url, ready, web):
                seconds.append(ready)
                for _ in range(_REQUESTS):
                    urllib.request.urlopen(url + "/").read()
                memory.append(_resident(web))
        return [
            Row("B15", "packages that run a site", "", _packages(python), 60),
            Row("B15", "their disk space", "MB", _disk(python.parents[1]), 200),
            _row("memory of a web worker", "MB", memory, 150),
            _row("a second start", "s", seconds, 4),
        ]


def _row(work: str, unit: str, figures: list[float], limit: float) -> Row:
    middle = statistics.median(figures)
    return Row("B15", work, unit, middle, limit, min(figures), max(figures))


def _environment(place: Path) -> Path:
    _run(Path(sys.executable), "-m", "venv", str(place))
    python = place / "bin" / "python"
    pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
    _run(python, *pip, "-r", str(ROOT / "requirements" / "run.txt"))
    _run(python, *pip, "--no-deps", str(ROOT))
    return python


def _packages(python: Path) -> int:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json", "--exclude", "pip"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    return len(json.loads(listed))


def _disk(venv: Path) -> float:
    pip = {"pip", "setuptools"}
    files = [p for p in venv.rglob("*") if p.is_file() and not p.is_symlink()]
    own = [p for p in files if not pip & set(p.parts) and "__pycache__" not in p.parts]
    return sum(p.stat().st_size for p in own) / 1e6


@contextmanager
def _serving(python: Path, site: Path) -> Iterator[tuple[str, float, int]]:
    """The site's address, the seconds it took to answer, and the web server's process id."""
    port = free_port()
    process = subprocess.Popen(
        [python, "-m", "kept.cli", "serve", "--json", "--port", str(port)],
        cwd=site, env=_own(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    web = 0
    try:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "started" and event["name"] == "web":
                web = event["pid"]
            if event["event"] in {"ready", "silent"}:
                break
        if event["event"] != "ready":
            raise RuntimeError("the site does not answer")
        yield event["site"].rstrip("/"), event["seconds"], web
    finally:
        process.terminate()
        process.wait(30)


def _resident(web: int) -> float:
    """Megabytes of the worker under the web server `web`."""
    (worker,) = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    status = Path(f"/proc/{worker}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


def _run(python: Path, *words: str) -> None:
    subprocess.run([python, *words], env=_own(), check=True, stdout=subprocess.DEVNULL)


def _own() -> dict[str, str]:
    """The environment without what other benchmarks and tests set for sites of their own."""
    theirs = ("KEPT_", "DJANGO_", "PYTEST_")
    return {key: one for key, one in os.environ.items() if not key.startswith(theirs)}
