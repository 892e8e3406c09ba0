"""Every promise broken on purpose."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sabotage.case import Case

_OTHERS = ("case", "conftest", "life", "__init__")


def cases() -> "list[Case]":
    """Every case of every file of this folder, by promise."""
    from tests.sabotage.case import CASES

    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in _OTHERS and not path.stem.startswith("test_"):
            import_module(f"tests.sabotage.{path.stem}")
    return sorted(CASES, key=lambda one: (one.promise, one.says))
