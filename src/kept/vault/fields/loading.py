"""Making instances of stored rows, without what Django does for columns and nobody needs here.

`Model.__init__` sets each attribute through its descriptor and sends two signals. Where that comes
to the same as filling the instance's `__dict__` (no `__init__` of the model's own, no descriptor of
a column that does something on being set, nobody who listens), rows are made by filling it. Rule:
wherever it does not, Django's way is taken.
"""

from collections.abc import Sequence
from inspect import getattr_static
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.signals import post_init, pre_init

from kept import gate
from kept.vault.batch import batch_of
from kept.vault.fields.envelope import EnvelopeColumn, SubjectColumn

_KNOWN = "_kept_fills"
_ONLY_STORE = (ForeignKeyDeferredAttribute, SubjectColumn, EnvelopeColumn)
"""Of an instance that is new they set the `__dict__`, and (the envelope) what `made` does, too."""


def fills(model: Any) -> bool:
    """Whether filling the `__dict__` is all that making an instance of `model` is."""
    known = model.__dict__.get(_KNOWN)
    if known is None:
        known = model.__init__ is models.Model.__init__ and all(
            type(column) in _ONLY_STORE or not hasattr(type(column), "__set__")
            for column in (
                getattr_static(model, field.attname) for field in model._meta.concrete_fields
            )
        )
        setattr(model, _KNOWN, known)
    if pre_init.receivers or post_init.receivers:
        return bool(known and not (pre_init.has_listeners(model) or post_init.has_listeners(model)))
    return bool(known)


def made(model: Any, using: str, names: Sequence[str], values: Sequence[Any]) -> Any:
    """The instance of a stored row of a model that `fills`; it waits in the current scope."""
    row = model.__new__(model)
    known = row.__dict__
    state = known["_state"] = ModelState()
    state.adding, state.db = False, using
    known.update(zip(names, values, strict=False))  # a deferred row has fewer of both
    raw = known.get(model._kept_shape.envelope)
    if raw:
        if type(raw) is not bytes:
            known[model._kept_shape.envelope] = bytes(raw)
        scope = gate.current()
        if scope is not None:
            batch_of(scope).wait(row)
    return row
