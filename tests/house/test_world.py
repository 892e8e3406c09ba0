"""The tests' own world: a real engine, and no network."""

import socket

import pytest
from django.db import connection

from tests.conftest import NetworkRefusedError
from tests.settings import WORLD


@pytest.mark.django_db
def test_the_run_uses_the_engine_it_was_asked_for() -> None:
    vendor = "sqlite" if WORLD.engine == "sqlite" else "postgresql"
    assert connection.vendor == vendor


@pytest.mark.django_db
def test_sqlite_is_a_real_file_in_wal_mode() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        secure = cursor.execute("PRAGMA secure_delete").fetchone()[0]
    assert (mode, secure) == ("wal", 1)


def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(NetworkRefusedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkRefusedError):
        socket.getaddrinfo("example.com", 80)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=2).close()
