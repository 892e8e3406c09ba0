"""The vault's test world: a policy in force, a scope."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kept import gate
from tests.vault.places import Place
from tests.vault.policies import gate_of


@pytest.fixture(autouse=True)
def in_force() -> Iterator[gate.Gate]:
    """The fixture policy, in force."""
    with gate.only_for_testing_in_force(gate_of()) as wired:
        yield wired


@pytest.fixture
def scope() -> Iterator[gate.Scope]:
    """A scope that may collect and use everything of the fixture policy."""
    with gate.purpose("serve") as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where a key store of the test's own stands."""
    return Place(tmp_path)
