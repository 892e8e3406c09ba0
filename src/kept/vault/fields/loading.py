"""Making instances of stored rows, without what Django does for columns and nobody needs here.

`Model.__init__` sets each attribute through its descriptor and sends two signals. Where that comes
to the same as filling the instance's `__dict__` (no `__init__` or `from_db` of the model's own, no
descriptor of a column that does something on being set, nobody who listens), rows are made by
filling it. Rule: wherever it does not, Django's way is taken.
"""

from collections.abc import Iterable, Sequence
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
        made_by = next(one for one in model.__mro__ if "from_db" in one.__dict__)
        known = model.__init__ is models.Model.__init__ and "_kept_makes_rows" in made_by.__dict__
        known = known and all(
            type(column) in _ONLY_STORE or not hasattr(type(column), "__set__")
            for column in (
                getattr_static(model, field.attname) for field in model._meta.concrete_fields
            )
        )
        setattr(model, _KNOWN, known)
    if pre_init.receivers or post_init.receivers:
        return bool(known and not (pre_init.has_listeners(model) or post_init.has_listeners(model)))
    return bool(known)


def made(model: Any, using: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Any]:
    """The instances of stored rows of a model that `fills`; they wait in the current scope."""
    envelope, new, found = model._kept_shape.envelope, model.__new__, []
    for values in rows:
        row = new(model)
        known = row.__dict__ = dict(zip(names, values, strict=False))  # deferred: fewer of both
        state = known["_state"] = ModelState()
        state.adding, state.db = False, using
        raw = known.get(envelope)
        if type(raw) is not bytes and raw is not None:
            known[envelope] = bytes(raw)
        found.append(row)
    scope = gate.current()
    if scope is not None:
        batch_of(scope).wait_all([row for row in found if row.__dict__.get(envelope)])
    return found
