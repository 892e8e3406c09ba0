"""The tables of sealed rows, and those rows that came in by one collection point.

Rules: whatever is installed is found, by its shape; a table that names its clause counts wholly
under it, one whose rows name theirs counts by row.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from kept.vault.shape import Shape


def sealed_tables() -> Iterator[tuple[type[models.Model], Shape]]:
    """Every installed model with an envelope of its own, with its shape.

    Proxies and children of stored models are not: their envelopes stand in another's table.
    """
    for model in apps.get_models():
        shape: Shape | None = getattr(model, "_kept_shape", None)
        if shape is not None and shape.model is model:
            yield model, shape


def tables_of(point: str) -> Iterator[tuple[type[models.Model], models.Q]]:
    """The tables with rows of the collection point `point`, and which of their rows are."""
    for model, shape in sealed_tables():
        if shape.collect == point:
            yield model, models.Q()
        elif shape.collect is None and _names_point(model):
            yield model, models.Q(point=point)


def _names_point(model: type[models.Model]) -> bool:
    return any(field.name == "point" for field in model._meta.concrete_fields)
