"""The envelope's column, and the row's own columns that it is bound to.

Rules: all sealing happens here and in `_do_update`, none in `save()`; only bytes that the codec
made are written; the column carries the schema of the sealed fields into migrations, so that
historical models read and write too.
"""

from typing import Any

from django.db import models, router
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.sql import InsertQuery

from kept import gate
from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault import sealing
from kept.vault.batch import batch_of
from kept.vault.codec import EMPTY, Envelope
from kept.vault.errors import REFUSED_PATH, RefusedError
from kept.vault.fields.base import SealedField, changes
from kept.vault.rowstate import ATTRIBUTE, RowState, state_of
from kept.vault.shape import Shape, shape_of
from kept.vault.stored import raw_of

OURS = "_kept_update"
"""Marks an UPDATE that `_do_update` makes: the only one that may write bound columns."""


class EnvelopeColumn:
    """The attribute of the envelope: the stored bytes, or those to be inserted."""

    def __init__(self, field: "EnvelopeField") -> None:
        self.field, self.name = field, field.name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        if row._state.adding:
            state: RowState | None = row.__dict__.get(ATTRIBUTE)
            if state is not None and state.dirty and state.using is not None:
                return self.field.seal_new(row)  # a raw save (`loaddata`) does not call pre_save
        return raw_of(row)

    def __set__(self, row: Any, value: Any) -> None:
        known = row.__dict__
        known[self.name] = value if isinstance(value, bytes) else bytes(value)
        if ATTRIBUTE in known:  # loaded again: what was set or opened before is of the old row
            known[ATTRIBUTE] = RowState()
        if value:
            scope = gate.current()
            if scope is not None:
                batch_of(scope).wait(row)


class EnvelopeField(models.BinaryField):
    """The one column that holds the row's sealed values."""

    non_db_attrs = (
        *models.Field.non_db_attrs, "schema", "collect", "found_by", "open_fields", "table",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        schema: dict[str, SealedField] | None = None,
        collect: str | None = None,
        found_by: str | None = None,
        open_fields: bool = False,
        table: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.schema, self.collect, self.found_by = schema, collect, found_by
        self.open_fields, self.table = open_fields, table
        kwargs.update(editable=False, serialize=False, default=EMPTY)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Read the model's `Kept` class; in a migration, bring the sealed fields of the schema."""
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, name, EnvelopeColumn(self))
        if cls._meta.abstract:
            return
        for field_name, field in (self.schema or {}).items():
            if not any(known.name == field_name for known in cls._meta.private_fields):
                field.clone().contribute_to_class(cls, field_name)
        said = getattr(cls, "Kept", None)
        self.collect = getattr(said, "collect", self.collect)
        self.found_by = getattr(said, "subject", self.found_by)
        self.table = getattr(said, "sealed_as", self.table)
        cls._kept_shape = Shape(
            model=cls,
            envelope=name,
            table=self.table or cls._meta.label_lower,
            collect=self.collect,
            found_by=self.found_by,
            open_fields=self.open_fields,
        )

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """With the schema of the model's sealed fields."""
        name, path, args, kwargs = super().deconstruct()
        for constant in ("default", "serialize", "editable"):
            kwargs.pop(constant, None)
        model: Any = getattr(self, "model", None)
        schema = self.schema
        if model is not None and not model._meta.abstract:
            schema = {known: field.clone() for known, field in model._kept_shape.fields.items()}
        given = {
            "schema": schema or None,
            "collect": self.collect,
            "found_by": self.found_by,
            "open_fields": self.open_fields or None,
            "table": self.table,
        }
        kwargs.update({key: value for key, value in given.items() if value is not None})
        return name, path, list(args), kwargs

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Seal for an INSERT; an UPDATE is sealed where its revision is known (`_do_update`)."""
        if add:
            return self.seal_new(model_instance)
        return raw_of(model_instance)

    def seal_new(self, row: Any) -> Envelope:
        """The envelope of a row to be inserted, with the defaults of fields that were not set."""
        shape, state = shape_of(row), state_of(row)
        new, categories = collected(row, shape, state, with_defaults=row._state.adding)
        state.inserted = sealing.insert(row, shape, new, categories, using_of(row))
        return state.inserted

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Only bytes that the codec made."""
        if value is not None and not isinstance(value, Envelope):
            raise RefusedError(
                REFUSED_PATH, "writing an envelope's bytes", place=str(self),
                do="set the sealed attributes and save the row",
            )  # fmt: skip
        return super().get_db_prep_value(value, connection, prepared)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Refuses an upsert: the envelope would belong to another row than the one it lands in."""
        if self in (getattr(compiler.query, "update_fields", None) or ()):
            raise RefusedError(
                REFUSED_PATH, "an upsert of an envelope", place=str(self),
                do="get the row, set the sealed attributes and save it",
            )  # fmt: skip
        return str(connection.ops.binary_placeholder_sql(value))


def collected(
    row: Any, shape: Shape, state: RowState, *, with_defaults: bool = False
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is to be written, in the envelope's form, and the category of each name."""
    new = changes(row, state)
    if shape.open_fields:
        return new, {name: pair[0] for name, pair in new.items()}
    if with_defaults:
        defaults = {name: field.get_default() for name, field in shape.fields.items()}
        new = {name: one for name, one in defaults.items() if one not in (None, "")} | new
    return (
        {name: shape.fields[name].to_sealed(value) for name, value in new.items()},
        dict(shape.categories),
    )


def using_of(row: Any) -> str:
    """The database that `row` is being written to."""
    return state_of(row).using or row._state.db or router.db_for_write(type(row), instance=row)


class SubjectColumn(ForeignKeyDeferredAttribute):
    """The subject's id. A stored row stays its subject's: its envelope opens for nobody else."""

    def __set__(self, instance: Any, value: Any) -> None:
        name: str = self.field.attname
        if name not in instance.__dict__:
            instance.__dict__[name] = value  # loading a row: nothing to compare, nothing cached
            return
        known = instance.__dict__[name]
        if known is not None and value != known and not instance._state.adding:
            raise RefusedError(
                REFUSED_PATH, "giving a stored row another subject", place=str(self.field),
                do="merge the two subjects, or make a new row",
            )  # fmt: skip
        super().__set__(instance, value)


class _SubjectLink:
    """Finds or makes the subject from the row's identifier, before the row is inserted."""

    descriptor_class = SubjectColumn

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The subject's id; of a new row, found or made by the field named in `Kept.subject`."""
        row, shape = model_instance, shape_of(model_instance)
        if add and row.subject_id is None and shape.found_by:
            value = state_of(row).dirty.get(shape.found_by)
            if value not in (None, ""):
                category = shape.fields[shape.found_by].category
                row.subject_id = sealing.subject_for(row, shape, category, value, using_of(row))
        return row.subject_id

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Refuses `update(subject=…)`: the envelopes would open for nobody."""
        if not isinstance(compiler.query, InsertQuery) and not hasattr(compiler.query, OURS):
            raise RefusedError(
                REFUSED_PATH, "update() of the subject", place=str(self),
                do="merge the two subjects, or make new rows",
            )  # fmt: skip
        return "%s"


class SubjectKey(_SubjectLink, models.ForeignKey):  # type: ignore[misc] # a descriptor of our own
    """The subject of a row."""


class OneSubjectKey(_SubjectLink, models.OneToOneField):  # type: ignore[misc] # as above
    """The subject of a row that is the only one of its model for that subject."""


class RowId(models.UUIDField):
    """What the envelope is bound to where the database makes the primary key: made before INSERT.

    For tables that were there before (`AdoptedModel`); a row keeps the id it was made with.
    """

    binds_envelope = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, unique=True, default=new_id)
        super().__init__(*args, **kwargs)


class CollectedField(models.PositiveIntegerField):
    """Ordinal of the policy version in force when the row was first stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, null=True)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Set once, when the row is inserted with something sealed in it."""
        if add and model_instance.collected is None and state_of(model_instance).dirty:
            model_instance.collected = gate.in_force().in_force[0]
        return model_instance.collected


class SinceField(models.DateField):
    """The collection day (UTC): every keep counts from it. Written once and never changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, null=True, db_index=True)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Today, of a row inserted with something collected in it; a day that was given stays."""
        if add and model_instance.since is None and model_instance.collected is not None:
            model_instance.since = clock.today()
        return model_instance.since

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Refuses `update(since=…)`: it would lengthen what the policy says."""
        if not isinstance(compiler.query, InsertQuery) and not hasattr(compiler.query, OURS):
            raise RefusedError(
                REFUSED_PATH, "update() of the collection day", place=str(self),
                do="make a new row: the day that data came in does not change",
            )  # fmt: skip
        return "%s"
