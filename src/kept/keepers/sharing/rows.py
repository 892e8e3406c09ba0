"""The sealed rows of a person and their values, whichever way they are modelled.

Rules: the declared holdings and nothing else; what waits here to leave is not looked at; a row
belongs to one collection point; opening is left to the caller's scope.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from kept import vault
from kept.vault.fields import DynamicModel, SealedField, SealedRow

_OURS = "kept_sharing"


def rows(subject: UUID, points: Collection[str]) -> Iterator[tuple[Any, str]]:
    """The rows that came in at one of `points`, each with its point."""
    for found in vault.everything(subject):
        model = found.rows.model
        if not issubclass(model, SealedRow) or model._meta.app_label == _OURS:
            continue
        if not issubclass(model, DynamicModel) and _collects(model) not in points:
            continue
        for row in found.rows:
            point = row.point if isinstance(row, DynamicModel) else _collects(model)
            if point in points:
                yield row, point


def fields(row: Any) -> list[tuple[str, str]]:
    """The names of the row's values, each with its category. Needs a scope."""
    if isinstance(row, DynamicModel):
        return [(name, row.category(name)) for name in row.names()]
    sealed = (one for one in row._meta.private_fields if isinstance(one, SealedField))
    return [(one.name, one.category) for one in sealed]


def open(row: Any, name: str) -> Any:
    """The value, or the `gate.Sealed` that stands for it."""
    return row.open(name) if isinstance(row, DynamicModel) else getattr(row, name)


def _collects(model: type[Any]) -> str:
    return str(getattr(getattr(model, "Kept", None), "collect", ""))
