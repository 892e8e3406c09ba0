"""The world of the benchmarks that need the whole vault: every app migrated, a policy, two stores.

The policy and the databases are those of the vault's tests. Each engine runs in a process of its
own, because a process has one set of Django settings.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measure import QUICK
from benchmarks.table import Row
from tests import postgres

ENGINES = tuple(os.environ.get("KEPT_BENCH_ENGINES", "sqlite postgresql").split())


def on_engines(
    module: str, engines: Sequence[str] = ENGINES, settings: str = "benchmarks.settings"
) -> list[Row]:
    """The rows that `python -m module` prints, engine after engine."""
    rows: list[Row] = []
    for engine in engines:
        done = subprocess.run(
            [sys.executable, "-m", module],
            env={**environment(engine), "DJANGO_SETTINGS_MODULE": settings},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        rows += [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]
    return rows


def environment(engine: str) -> dict[str, str]:
    """What a process is given that begins a world of its own."""
    theirs = {key: value for key, value in os.environ.items() if not key.startswith("KEPT_TEST_")}
    return {
        **theirs,
        "KEPT_TEST_DB": engine,
        "KEPT_TEST_PG_DURABLE": "1",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        **(_shared() if QUICK and engine == "postgresql" else {}),
    }


def _shared() -> dict[str, str]:
    """A quick run has one pair of servers, begun once, and databases of its own for each world."""
    os.environ["KEPT_TEST_PG_DURABLE"] = "1"
    data, keys, name = _server("DATA"), _server("KEYS"), f"world_{uuid.uuid4().hex[:12]}"
    data.create(name)
    return {
        "KEPT_BENCH_PG_DATA": str(data.folder),
        "KEPT_BENCH_PG_KEYS": str(keys.folder),
        "KEPT_TEST_PG_DATA": str(data.folder),
        "KEPT_TEST_PG_KEYS": str(keys.folder),
        "KEPT_TEST_DB_NAME": name,
        "KEPT_TEST_KEYS_MAIN": keys.create(name),
    }


def _server(role: str) -> postgres.Cluster:
    """The server that the run's first process began, or else one that begins now."""
    named = f"KEPT_BENCH_PG_{role}"
    if named not in os.environ:
        os.environ[named] = str(postgres.start(f"pg-{role.lower()}").folder)
    return postgres.Cluster(Path(os.environ[named]))


def tables() -> None:
    """Make all tables, those of the benchmarks too."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the app of the benchmarks


def tell(
    measure: Callable[[], Iterable[Row]], versions: Sequence[str] = (), text: str | None = None
) -> None:
    """Begin a world, measure in it, print the rows for `on_engines`."""
    with begun(versions, text):
        rows = [asdict(row) for row in measure()]
    print(json.dumps(rows))


@contextmanager
def begun(versions: Sequence[str] = (), text: str | None = None) -> Iterator[Any]:
    """Django set up, tables made, the policy in force; `versions`: earlier texts of it.

    `text`: another policy than that of the vault's tests.
    """
    import django

    django.setup()
    from django.db import connection

    from kept import gate
    from tests.vault.policies import TEXT, gate_of

    tables()
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous = FULL")
    with gate.only_for_testing_in_force(
        gate_of(TEXT if text is None else text, *versions)
    ) as wired:
        yield wired


def settle(connection: Any) -> None:
    """Have the engine do what it still has to do about the past, so that it costs no arm."""
    last: tuple[str, ...] = ("VACUUM", "CHECKPOINT")
    if connection.vendor == "sqlite":
        last = ("PRAGMA wal_checkpoint(TRUNCATE)",)
    with connection.cursor() as cursor:
        for statement in last:
            cursor.execute(statement)


def empty() -> None:
    """Take away what `people.make` made."""
    from django.db import connection

    from benchmarks import models
    from kept.vault.keystore import keystore
    from kept.vault.models import Subject

    with connection.cursor() as cursor:
        for model in (*models.ALL, Subject):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    with keystore().database.write() as writer:
        for table in ("subject_key", "identifier"):
            writer.run(f"DELETE FROM {table}")
