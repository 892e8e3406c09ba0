"""The shop, filled: made once per run, a copy for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vault.adoption.shop import OldShop


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OldShop]:
    """An old shop with rows."""
    made = OldShop(tmp_path_factory.mktemp("oldshop"))
    made.begin()
    yield made
    made.close()


@pytest.fixture
def shop(filled: OldShop, tmp_path: Path) -> Iterator[OldShop]:
    """A copy of it."""
    made = OldShop(tmp_path, like=filled)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def in_force() -> None:
    """No fixture policy: the shop has its own, in a process of its own."""
