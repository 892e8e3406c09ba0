"""How the rows of holdings hang together: who refers to whom, and which links can be cut.

Rules: a key that deletes or forbids (`CASCADE`, `PROTECT`, `RESTRICT`) binds the row that it points
to; a row is somebody else's too where any of its ways leads to another living person.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from kept.vault.holdings.declared import Holding, holdings
from kept.vault.models import Subject

_BINDS = (models.CASCADE, models.PROTECT, models.RESTRICT)


def model_of(holding: Holding) -> Any:
    """The model of a holding."""
    return apps.get_model(holding.label)


def keys_of(model: Any) -> Iterator[Any]:
    """The model's foreign keys that bind what they point to."""
    for field in model._meta.concrete_fields:
        if field.is_relation and field.remote_field.on_delete in _BINDS:
            yield field


def referrers(model: Any) -> Iterator[tuple[Holding, Any]]:
    """Holdings whose rows may stay and bind rows of `model`: which, by which key.

    Those that an erasure does not delete stay, and those that may be somebody else's: a row that
    has its subject by that very key only is never that.
    """
    for holding in holdings().values():
        for key in keys_of(model_of(holding)):
            ways = holding.paths or (holding.link,)
            if key.related_model is model and (
                holding.erase != "delete"
                or not all(path.partition("__")[0] == key.name for path in ways)
            ):
                yield holding, key


def first_of(model: Any, path: str) -> Any:
    """The column at which a way to the subject begins; None where it begins in another table."""
    name = path.partition("__")[0]
    if name == "pk":
        return model._meta.pk
    columns = model._meta.concrete_fields
    return next((one for one in columns if name in (one.name, one.attname)), None)


def can_detach(holding: Holding, model: Any = None) -> bool:
    """Whether every way from its rows to a subject can be cut at the row itself."""
    model = model or model_of(holding)
    return not holding.link and all(_can_cut(first_of(model, path)) for path in holding.paths)


def _can_cut(column: Any) -> bool:
    if column is None or column.primary_key:
        return False
    return bool(column.null or not column.is_relation or column.related_model is Subject)
