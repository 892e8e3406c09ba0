"""What retention reaches: every model whose rows are kept under a clause, by its holdings.

Rules: nothing is named here; a model with an envelope and sealed files are kept rows, each under
the collection point of its clause, or the one that the row names.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import models

from kept import vault
from kept.vault.models import SealedFile

Model = type[models.Model]


class Kept(NamedTuple):
    """One model with kept rows."""

    model: Any
    collect: str | None
    """Its one collection point; None where each row names its own in `point`."""

    def points(self, declared: Sequence[str]) -> tuple[str, ...]:
        """The collection points its rows can be of."""
        return tuple(declared) if self.collect is None else (self.collect,)


def kept_models() -> Iterator[Kept]:
    """Every model with kept rows."""
    yield Kept(SealedFile, None)
    for model, shape in vault.sealed_tables():
        if shape.collect is not None or _names_its_point(model):
            yield Kept(model, shape.collect)


def _names_its_point(model: Model) -> bool:
    return any(field.name == "point" for field in model._meta.concrete_fields)
