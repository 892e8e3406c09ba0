"""A site on SQLite with people in it, and a PostgreSQL server, whatever the run's engine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from kept.vault.rehousing import target
from tests import postgres, served
from tests.docs.reader import environment

LIFE = """
from django.core.management import call_command
from kept import promises, vault
from kept.keepers.consent import flows
call_command("migrate", verbosity=0)
promises.adopt()
for name in ("zoe", "ada", "mia"):
    one = vault.find_or_make("email", f"{name}@x.org").pk
    flows.give(one, point="inquiry", purposes=["news", "personalise"], shown="the text")
vault.erase(one)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> served.Made:
    """On SQLite, with three people, one of them erased."""
    made = served.Made(tmp_path_factory.mktemp("moved") / "shop", environment())
    for words in (
        ["-m", "kept.cli", "new", str(made.folder), "--policy", "usimprints"],
        [str(made.folder / "manage.py"), "shell", "-v0", "-c", LIFE],
    ):
        done = subprocess.run(
            [sys.executable, *words],
            env=made.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="package")
def server() -> postgres.Cluster:
    """The run's, or one of our own."""
    given = os.environ.get("KEPT_TEST_PG_DATA")
    return postgres.Cluster(Path(given)) if given else postgres.start("moved")


@pytest.fixture
def fresh(server: postgres.Cluster) -> Iterator[str]:
    """The address of an empty database, gone afterwards."""
    name = f"moved_{os.getpid()}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def opened(fresh: str, django_db_blocker: Any) -> Iterator[target.Target]:
    """That database, as Django's default one."""
    with django_db_blocker.unblock(), target.as_default(fresh) as made, transaction.atomic():
        yield made
        transaction.set_rollback(True)
