"""The world of the benchmarks that need the whole vault: every app migrated, a policy, two stores.

The policy and the databases are those of the vault's tests. Each engine runs in a process of its
own, because a process has one set of Django settings.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from benchmarks.table import Row

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
    }


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
    from django.core.management import call_command
    from django.db import connection

    from kept import gate
    from tests.vault.policies import TEXT, gate_of

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the app of the benchmarks
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous = FULL")
    with gate.only_for_testing_in_force(
        gate_of(TEXT if text is None else text, *versions)
    ) as wired:
        yield wired


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
