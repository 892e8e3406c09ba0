"""What every test gets: the world of `tests.world`, and no network beyond this machine."""

import ipaddress
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings as examples

from tests import locks
from tests.emptying import instead_of_flush
from tests.settings import WORLD

# The same examples in every run: what breaks, breaks for whoever broke it. KEPT_TEST_RANDOM=1
# looks for new ones.
examples.register_profile("same", derandomize=True)
if not os.environ.get("KEPT_TEST_RANDOM"):
    examples.load_profile("same")


def pytest_report_header() -> str:
    """The engine of the run, at its top."""
    return f"kept: {WORLD.engine}, roots in {WORLD.root}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Tell processes that tests start which database the tests use."""
    from django.db import connection

    os.environ["KEPT_TEST_DB_NAME"] = str(connection.settings_dict["NAME"])
    yield
    del os.environ["KEPT_TEST_DB_NAME"]


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> None:
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = instead_of_flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _nobody_is_suppressed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key store outlives a test's data: addresses that one suppressed are not for the next."""
    from kept.vault.keystore.suppressions import Suppressions

    used: dict[int, Suppressions] = {}
    add = Suppressions.add

    def noted(self: Suppressions, *given: str) -> bool:
        used[id(self)] = self
        return add(self, *given)

    monkeypatch.setattr(Suppressions, "add", noted)
    yield
    for one in used.values():
        one.only_for_testing_forget()


@pytest.fixture(autouse=True)
def _no_lock_is_dropped() -> Iterator[None]:
    from django.db import connection

    before = locks.are_there(connection)
    yield
    if before and not locks.are_there(connection):
        connection.close()
        pytest.fail("the test opened and closed the database's file: let another process read it")


class NetworkRefusedError(Exception):
    """A test tried to reach another machine."""


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Sockets reach this machine only: a test that depends on another one is wrong."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def refuse_elsewhere(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise NetworkRefusedError(f"a test tried to connect to {address[0]}")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave

    def refuse_names(host: object, *rest: object, **named: object) -> object:
        if not _is_here(host):
            raise NetworkRefusedError(f"a test tried to look up {host!r}")
        return look_up(host, *rest, **named)  # type: ignore[call-overload]  # passed on as given

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", refuse_elsewhere)
    patch.setattr(socket, "getaddrinfo", refuse_names)
    yield
    patch.undo()
