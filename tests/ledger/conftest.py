"""Each test of the ledger gets an empty ledger of its own, on the engine of the run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from kept.ledger import keys, sealing
from kept.ledger.store import connect
from tests.ledger.sealers import GcmSealer


@pytest.fixture
def sealer() -> Iterator[GcmSealer]:
    made = GcmSealer()
    with sealing.only_for_testing(made):
        yield made


@pytest.fixture
def place(settings, tmp_path: Path) -> Iterator[str]:
    """Settings for an empty ledger: a folder, or a schema in the test's PostgreSQL database."""
    where = _place(tmp_path)
    settings.KEPT = {**settings.KEPT, "LEDGER": where, "SECRET": tmp_path / "secret"}
    keys.only_for_testing_forget()
    _drop_schema(where)
    yield where
    connect.forget()
    _drop_schema(where)
    keys.only_for_testing_forget()
    shutil.rmtree(tmp_path, ignore_errors=True)


def _place(folder: Path) -> str:
    if connection.vendor != "postgresql":
        return str(folder / "ledger")
    made = connection.settings_dict
    return f"postgresql://{made['USER']}@/{made['NAME']}?host={made['HOST']}"


def _drop_schema(where: str) -> None:
    if where.startswith("postgresql://"):
        import psycopg

        connect.forget()
        with psycopg.connect(where, autocommit=True) as server:
            server.execute("DROP SCHEMA IF EXISTS kept_ledger CASCADE")


@pytest.fixture
def ledger(transactional_db, place: str, sealer: GcmSealer) -> GcmSealer:
    """An empty ledger, and the sealer that is wired to it."""
    return sealer
