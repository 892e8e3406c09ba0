"""The world of backups: the vault's fixture policy in force, roots of the test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kept import gate
from kept.conf import settings as configured
from tests.vault.places import Place
from tests.vault.policies import gate_of


@pytest.fixture(autouse=True)
def in_force() -> Iterator[gate.Gate]:
    """The fixture policy, in force."""
    with gate.only_for_testing_in_force(gate_of()) as wired:
        yield wired


@pytest.fixture(autouse=True)
def roots(settings: Any, tmp_path: Path) -> Path:
    """Backups go to a folder of the test's own."""
    settings.KEPT = {
        **settings.KEPT,
        "BACKUPS": tmp_path / "backups",
        "KEY_BACKUPS": tmp_path / "apart",
    }
    assert configured().backups == tmp_path / "backups"
    return tmp_path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where a key store of the test's own stands."""
    return Place(tmp_path / "own")
