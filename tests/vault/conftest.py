"""The vault's test world: a policy in force, a scope."""

from collections.abc import Iterator

import pytest

from kept import gate
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
