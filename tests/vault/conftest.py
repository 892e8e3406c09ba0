"""The vault's test world: a policy in force, a scope."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture
def models_in_scope(scope: gate.Scope) -> Any:
    """The host's models, in a scope that may collect and use everything."""
    from tests.vault.host import models

    return models


@pytest.fixture
def row(models_in_scope: Any) -> Any:
    """A stored row, loaded again, beside another one."""
    M = models_in_scope
    M.Inquiry.objects.create(name="Ada", email="ada@x.org", state="other")
    made = M.Inquiry.objects.create(name="Zoe", email="Zoe@x.org", message="hello")
    M.Note.objects.create(inquiry=made, word="note")
    return M.Inquiry.objects.get(pk=made.pk)
