"""A sealed field: private and columnless; its value stands in the row's envelope.

Rules: reading outside a scope, or where the gate denies, gives a `gate.Sealed`; what code has set
and not saved reads back as set; a sealed value is never assigned (a form may hand back the very one
it was given, which changes nothing); nothing of it is part of SQL, a fixture or a dump.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from django.core.checks import Error
from django.db import models

from kept import gate
from kept.vault import opening
from kept.vault.errors import UNDECLARED
from kept.vault.fields.lookups import JoinedRow, SealedCol, refuse
from kept.vault.rowstate import ATTRIBUTE, RowState, settle, state_of
from kept.vault.shape import shape_of
from kept.vault.stored import raw_of

if TYPE_CHECKING:
    _Base = models.Field[Any, Any]
else:
    _Base = object

entered_last = gate.entered_last
_changeable = msgspec.msgpack.Encoder(order="deterministic")


_NEED_A_COLUMN = {
    "primary_key": "leave the key of the row to `kept.Model`",
    "db_index": "look up by the field in `Kept.subject`",
    "db_default": "use `default`",
    "db_column": "leave it out",
    "unique_for_date": "check it in a form",
    "unique_for_month": "check it in a form",
    "unique_for_year": "check it in a form",
    "auto_now": "set it where the row is saved",
    "auto_now_add": "use `default`, or `since`: the day that the row came in",
}
"""Options that Django would carry out in SQL or while it saves a column, and what to do instead."""


class EmptyValues(list[Any]):
    """Django's empty values, of which a sealed value is none (comparing it would raise)."""

    def __contains__(self, value: object) -> bool:
        return not isinstance(value, gate.Sealed) and super().__contains__(value)


class SealedValue:
    """The attribute of a sealed field."""

    def __init__(self, field: "SealedField") -> None:
        self.field, self.name = field, field.name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        try:
            state: RowState = row.__dict__[ATTRIBUTE]
            if state.ready_in is entered_last():
                return state.values[self.name]
        except KeyError:
            pass
        return self._open(row)

    def _open(self, row: Any) -> Any:
        """The value, where it is not at hand."""
        state: RowState | None = row.__dict__.get(ATTRIBUTE)
        if state is not None and state.dirty:
            settle(row, state, shape_of(row).envelope)
            if self.name in state.dirty:
                return state.dirty[self.name]
        scope = gate.current()
        if row._state.adding and not raw_of(row):
            return self._default(row)
        if scope is None:
            return self._sealed(row, None)
        state = opening.opened(row, scope)
        if self.name in state.values:
            return state.values[self.name]
        decision = state.denied.get(self.name) if state.gone is None else state.gone
        return self.field.get_default() if decision is None else self._sealed(row, decision)

    def __set__(self, row: Any, value: Any) -> None:
        state = state_of(row)
        if isinstance(value, gate.Sealed):
            if state.handed.get(self.name) is value:
                return
            refuse(self.field, "assigning a sealed value", "open it in a purpose scope first")
        if state.inserted is not None:
            settle(row, state, shape_of(row).envelope)
        state.put({self.name: value})
        state.unready()

    def _default(self, row: Any) -> Any:
        value = self.field.get_default()
        if self.field.changes_in_place and value is not None:
            # The caller may change it in place: it has to be the one that is saved.
            state_of(row).put({self.name: value})
        return value

    def _sealed(self, row: Any, decision: gate.Decision | None) -> gate.Sealed:
        state = state_of(row)
        known = state.handed.get(self.name)
        if known is None or known.decision is not decision:
            place = f"{row._meta.label}.{self.name}"
            known = gate.Sealed(self.field.category, decision, place)
            state.handed = {**state.handed, self.name: known}
        return known


class ChangeableValue(SealedValue):
    """The attribute of a field whose value can change in place: how it was is remembered."""

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        return self if row is None else self._open(row)

    def _open(self, row: Any) -> Any:
        value = super()._open(row)
        state = state_of(row)
        if self.name in state.values and self.name not in {*state.dirty, *state.changeable}:
            before = {self.name: _as_it_is(value)}
            state.changeable = {**state.changeable, **before}
        return value


def _as_it_is(value: Any) -> bytes:
    """A value that can change in place, to compare with; what cannot be stored equals nothing."""
    try:
        return _changeable.encode(value)
    except (TypeError, ValueError, OverflowError):
        return b""


def changes(row: Any, state: RowState) -> dict[str, Any]:
    """What is to be written: values set, and opened lists and dicts that were changed in place."""
    changed = {
        name: state.values[name]
        for name, before in state.changeable.items()
        if _as_it_is(state.values[name]) != before
    }
    return {**changed, **state.dirty}


class SealedField(_Base):
    """Mixed into a Django field. The category comes first: `Email("contact.email")`."""

    is_sealed: ClassVar[bool] = True
    changes_in_place = False
    """True where a value can change without being set: it is compared when the row is saved."""
    converts = False
    """True where the stored form is not Python's."""
    empty_values = EmptyValues([None, "", [], (), {}])

    def __init__(self, category: str, *args: Any, **kwargs: Any) -> None:
        self.category = category
        kwargs["serialize"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """With the category first; the `serialize=False` of every sealed field left out."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("serialize", None)
        return name, path, [self.category, *args], kwargs

    def to_sealed(self, value: Any) -> Any:
        """The form that the envelope holds (strings, numbers, booleans, lists, dicts)."""
        return self.get_prep_value(value)

    def from_sealed(self, stored: Any) -> Any:
        """Python's form of what the envelope holds."""
        return stored

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Private, so that forms see it and SQL does not."""
        super().contribute_to_class(cls, name, private_only=True)
        value = ChangeableValue if self.changes_in_place else SealedValue
        setattr(cls, self.attname, value(self))

    def get_attname_column(self) -> tuple[str, None]:
        """No column."""
        return self.get_attname(), None

    def db_type(self, connection: Any) -> None:
        """No column."""

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Validate; a value that is withheld stays as it is."""
        if isinstance(value, gate.Sealed):
            return value
        return super().clean(value, model_instance)

    def get_col(self, alias: str, output_field: Any = None) -> SealedCol:
        """A column that refuses to be one."""
        return SealedCol(alias, self, self)

    def get_lookup(self, lookup_name: str) -> Any:
        """Asked by Django only to add "the joined row is there" to a negated filter."""
        return JoinedRow

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> Any:
        """Asked when `update()` writes an expression to the field."""
        refuse(self, "update()", "fetch the rows, set the attribute and save each")

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Asked when `update()` writes a value to the field."""
        refuse(self, "update()", "fetch the rows, set the attribute and save each")

    def check(self, **kwargs: Any) -> list[Any]:
        """Django's checks of the field, without those about its column; and what it cannot be."""
        return [
            *(error for error in super().check(**kwargs) if error.id != "fields.E120"),
            *self._impossible(),
        ]

    def _impossible(self) -> Iterator[Error]:
        if not hasattr(self.model, "_kept_shape"):
            yield Error(
                f"`{self.name}` is a sealed field of a model without an envelope: it is not stored",
                hint="derive the model from `kept.Model`", obj=self, id=f"kept.{UNDECLARED.id}",
            )  # fmt: skip
        for option, hint in _NEED_A_COLUMN.items():
            if getattr(self, option, None) not in (None, False, models.NOT_PROVIDED):
                yield Error(
                    f"`{self.name}` is sealed and cannot have `{option}`: there is no column",
                    hint=hint, obj=self, id=f"kept.{UNDECLARED.id}",
                )  # fmt: skip
