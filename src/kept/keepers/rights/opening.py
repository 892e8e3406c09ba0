"""The sealed values of a row, whatever kind of model it is."""

from collections.abc import Iterator
from typing import Any

from kept.vault.fields import DynamicModel, at_hand


def opened(row: Any) -> Iterator[tuple[str, str, Any]]:
    """Name, category and value of each; plain or `gate.Sealed`, as the present scope gives it."""
    if isinstance(row, DynamicModel):
        for name in row.names():
            yield name, row.category(name), row.open(name)
    else:
        known = dict(at_hand(row))
        for name, category in row._kept_shape.categories.items():
            yield name, category, known[name] if name in known else getattr(row, name)
