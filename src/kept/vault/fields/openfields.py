"""Rows without a schema: named values, each with its category, in the one envelope of the row.

For collection points that have a clause and no model. Rules: the same as for sealed fields; the
gate is asked per value; outside a scope not even the names are given.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models

from kept import gate
from kept._kit.ids import new_id
from kept.vault import opening
from kept.vault.errors import BAD_VALUE, RefusedError
from kept.vault.fields.envelope import CollectedField, EnvelopeField, SinceField, SubjectKey
from kept.vault.fields.model import SealedRow
from kept.vault.fields.queryset import SealedManager
from kept.vault.rowstate import settle, state_of
from kept.vault.shape import shape_of

_KINDS = (str, bool, int)


class OpenValues(Mapping[str, Any]):
    """The row's values by name: plain where the gate allows, `gate.Sealed` where it denies."""

    def __init__(self, row: "DynamicModel") -> None:
        self._row = row

    def __getitem__(self, name: str) -> Any:
        return self._row.open(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._row.names())

    def __len__(self) -> int:
        return len(self._row.names())

    def __repr__(self) -> str:
        return "<sealed values>"


class DynamicModel(SealedRow, models.Model):  # type: ignore[misc] # as `Model`
    """A row of the collection point named in `point`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = SubjectKey("kept_vault.Subject", models.PROTECT, editable=False, related_name="+")
    point = models.CharField(max_length=80, editable=False)
    collected = CollectedField()
    since = SinceField()
    revision = models.PositiveIntegerField(default=0, editable=False)
    sealed = EnvelopeField(open_fields=True)

    objects = SealedManager()

    class Meta:
        abstract = True

    def put(self, name: str, category: str, value: Any) -> None:
        """Set a value: text, a number, a boolean, or a list of texts. Stored by `save()`."""
        texts = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        if not texts and not isinstance(value, _KINDS):
            raise RefusedError(
                BAD_VALUE, f"`{name}` is a `{type(value).__name__}`", do="give it as text"
            )
        state = state_of(self)
        settle(self, state, shape_of(self).envelope)
        state.put({name: [category, list(value) if texts else value]})

    def open(self, name: str) -> Any:
        """The value of `name`, or `gate.Sealed`. Raises `KeyError` for a name that is not there."""
        state = state_of(self)
        settle(self, state, shape_of(self).envelope)
        if name in state.dirty:
            return state.dirty[name][1]
        scope = gate.current()
        if scope is None:
            return gate.Sealed("*", None, f"{self._meta.label}.{name}")
        state = opening.opened(self, scope)
        if state.gone is not None:
            return gate.Sealed("*", state.gone, f"{self._meta.label}.{name}")
        if name in state.denied:
            decision = state.denied[name]
            return gate.Sealed(decision.request.category, decision, f"{self._meta.label}.{name}")
        return state.values[name][1]

    def category(self, name: str) -> str:
        """The category of a value. Raises `KeyError`; needs a scope for stored values."""
        state = state_of(self)
        if name in state.dirty:
            return str(state.dirty[name][0])
        state = opening.opened(self, self._scope())
        if name in state.denied:
            return state.denied[name].request.category
        return str(state.values[name][0])

    def names(self) -> tuple[str, ...]:
        """The names there are, in order of storing, withheld ones included. Needs a scope."""
        state = state_of(self)
        settle(self, state, shape_of(self).envelope)
        if self._state.adding:
            return tuple(state.dirty)
        opened = opening.opened(self, self._scope())
        return tuple(dict.fromkeys((*opened.values, *opened.denied, *opened.dirty)))

    @property
    def values(self) -> OpenValues:
        """All values, opened one by one as they are asked for."""
        return OpenValues(self)

    def _scope(self) -> gate.Scope:
        scope = gate.current()
        if scope is None:
            opening.withhold("*", None, self._meta.label)
        return scope
