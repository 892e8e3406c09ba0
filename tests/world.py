"""The world a test run lives in: its engine, its temp roots, its databases. No Django here.

`KEPT_TEST_DB` selects the engine: `sqlite` (files, WAL) or `postgresql` (two private clusters: one
for the data, another for the key store, as production asks). The first process of a run makes the
world and writes it into its environment; test workers and processes started by tests find it there.
"""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class World:
    """Where this process keeps its things."""

    engine: str
    root: Path
    """Holds `data/`, `keys/` and `secret/`; one per test worker."""
    database: dict[str, object]
    """Django's `DATABASES["default"]`."""
    keys: str
    """The key store: a folder or a `postgresql://` address."""


def enter() -> World:
    """The world of this process, made where none is there yet."""
    engine = os.environ.get("KEPT_TEST_DB", "sqlite")
    if engine not in ENGINES:
        raise ValueError(f"KEPT_TEST_DB is `{engine}`; it may be one of {', '.join(ENGINES)}")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    root = _base() / worker
    for name in ("data", "keys", "secret"):
        (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    if engine == "sqlite":
        return World(engine, root, _sqlite(root), str(root / "keys"))
    return World(engine, root, *_postgresql(worker))


def _base() -> Path:
    """The folder of the run, removed by the process that made it."""
    given = os.environ.get("KEPT_TEST_ROOT")
    if given:
        return Path(given)
    made = Path(tempfile.mkdtemp(prefix="kept-test-"))
    os.environ["KEPT_TEST_ROOT"] = str(made)
    atexit.register(_remove, made, os.getpid())
    return made


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a fork of ours that is ending
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(root: Path) -> dict[str, object]:
    # A process started by a test works on the test's database, named by conftest.py.
    name = os.environ.get("KEPT_TEST_DB_NAME", str(root / "data" / "db.sqlite3"))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA secure_delete=ON;",
        },
        "TEST": {"NAME": str(root / "data" / "test.sqlite3")},
    }


def _postgresql(worker: str) -> tuple[dict[str, object], str]:
    from tests import postgres

    clusters = []
    for role in ("data", "keys"):
        place = os.environ.get(f"KEPT_TEST_PG_{role.upper()}")
        cluster = postgres.Cluster(Path(place)) if place else postgres.start(f"pg-{role}")
        os.environ[f"KEPT_TEST_PG_{role.upper()}"] = str(cluster.folder)
        clusters.append(cluster)
    data, keys = clusters
    named = f"KEPT_TEST_KEYS_{worker.upper()}"
    if named not in os.environ:
        os.environ[named] = keys.create(f"kept_keys_{worker}")
    database: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("KEPT_TEST_DB_NAME", "postgres"),
        "USER": "kept",
        "HOST": str(data.folder),
        "TEST": {"NAME": "kept_test"},
    }
    return database, os.environ[named]
