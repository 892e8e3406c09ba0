"""The vault's test world: its models' tables, a policy in force, a scope."""

from collections.abc import Iterator
from typing import Any

import pytest

from kept import gate
from tests.vault.policies import gate_of


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The tables of `tests.vault.models`, beside the product's."""
    from django.db import connection

    from tests.vault.models import ALL

    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in ALL:
            editor.create_model(model)


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
