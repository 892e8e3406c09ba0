"""Sealed files outside the database that are about people: who keeps them, how they are removed.

Rules: each store of such files is declared once, by the app that writes it; it finds a subject's
files without any key, because at a purge there is none; removing may be done again after a crash.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from kept.vault.errors import TWICE, MisconfiguredError


@dataclass(frozen=True, slots=True)
class FileHolding:
    """One store of files about people."""

    name: str
    """For reports, such as `mailbox`."""
    count: Callable[[UUID], int]
    """How many files there are about a subject."""
    purge: Callable[[UUID], object]
    """Removes them."""


_stores: dict[str, FileHolding] = {}


def hold_files(name: str, *, count: Callable[[UUID], int], purge: Callable[[UUID], object]) -> None:
    """Declare a store of files, in an app's `ready()`. Raises V020 where the name is taken."""
    if name in _stores:
        raise MisconfiguredError(TWICE, f"files `{name}`")
    _stores[name] = FileHolding(name, count, purge)


def file_holdings() -> Mapping[str, FileHolding]:
    """Every store of files, by name."""
    return dict(sorted(_stores.items()))
