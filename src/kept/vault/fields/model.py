"""Models with sealed fields: the mixin that saves them safely, and `kept.Model`.

Rules: an UPDATE of sealed values is compare-and-swap on the revision, and what another process
saved in between is merged, field by field; an UPDATE that changes nothing sealed leaves the
envelope alone; the mixin is not a model, so that historical models in migrations keep it.
"""

from datetime import date
from typing import Any, ClassVar

from django.db import DatabaseError, models, router, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from kept import gate
from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault import sealing
from kept.vault.errors import REFUSED_PATH, STALE, NotStoredError, RefusedError
from kept.vault.fields import loading
from kept.vault.fields.envelope import (
    OURS,
    CollectedField,
    EnvelopeField,
    RowId,
    SinceField,
    SubjectKey,
    collected,
)
from kept.vault.fields.queryset import SealedManager
from kept.vault.rowstate import ATTRIBUTE, settle, state_of
from kept.vault.shape import Shape, shape_of
from kept.vault.stored import raw_of

_ATTEMPTS = 10


class SealedRow:
    """What a model with an `EnvelopeField` needs of `models.Model`, and nothing else."""

    _kept_shape: ClassVar[Shape]
    _kept_makes_rows: ClassVar[bool] = True
    """For `loading`: the class that has it in its own `__dict__` has the `from_db` below."""

    @classmethod
    def from_db(cls: Any, db: Any, field_names: Any, values: Any, **more: Any) -> Any:
        """An instance of a stored row."""
        if more or not loading.fills(cls):
            return super().from_db(db, field_names, values, **more)  # type: ignore[misc] # mixed into a model
        return loading.made(cls, db, field_names, [values])[0]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; sealed names in `update_fields` stand for the envelope that holds them."""
        names, shape = kwargs.get("update_fields"), shape_of(self)
        if state_of(self).dirty and not self._state.adding:  # type: ignore[attr-defined] # as below
            raw_of(self)  # Django saves only what is loaded: a deferred envelope is not
        if names is not None:
            sealed = {name for name in names if name in shape.fields}
            if sealed:
                unsaved = state_of(self).dirty.keys() - sealed
                if unsaved:
                    raise RefusedError(
                        REFUSED_PATH,
                        "update_fields with some of the changed sealed fields",
                        place=shape.label,
                        do=f"name all of them: also {', '.join(sorted(unsaved))}",
                    )
                kwargs["update_fields"] = {*names} - sealed | {shape.envelope}
        super().save(*args, **kwargs)  # type: ignore[misc] # mixed into a model

    save.alters_data = True  # type: ignore[attr-defined] # read by Django's templates

    def save_base(self: Any, *args: Any, **kwargs: Any) -> None:
        """Save in one transaction, so that the subject stays locked until the row is written."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        state = state_of(self)
        state.using = using
        try:
            with transaction.atomic(using=using, savepoint=False):
                super().save_base(*args, **{**kwargs, "using": using})  # type: ignore[misc] # as above
        finally:
            state.using = None
        settle(self, state, shape_of(self).envelope)

    save_base.alters_data = True  # type: ignore[attr-defined] # as above

    def _do_update(  # noqa: PLR0917 - Django's signature
        self: Any,
        base_qs: Any,
        using: str,
        pk_val: Any,
        values: list[tuple[Any, Any, Any]],
        update_fields: Any,
        forced_update: Any,
    ) -> bool:
        shape, state = shape_of(self), state_of(self)
        apart = {*_BOUND, "since", shape.envelope}
        rest = [one for one in values if one[0].name not in apart]
        asked = any(one[0].name == shape.envelope for one in values)
        new, categories = collected(self, shape, state) if asked else ({}, {})
        if not new:
            done = super()._do_update(  # type: ignore[misc] # mixed into a model
                base_qs, using, pk_val, rest, update_fields, forced_update
            )
            return bool(done)
        if self.collected is None:
            self.collected = gate.in_force().in_force[0]
        if self.since is None:
            self.since = clock.today()
        finds = shape.found_by if self.subject_id is None and shape.found_by in new else None
        for _ in range(_ATTEMPTS):
            stored = raw_of(self)
            if finds is not None:
                category = shape.fields[finds].category
                self.subject_id = sealing.subject_for(self, shape, category, new[finds], using)
            made = sealing.update(self, shape, stored, new, categories, using)
            written = [
                *(one for one in rest if one[0].name != "collected"),
                (self._meta.get_field("collected"), None, self.collected),
                (self._meta.get_field("since"), None, _first_day(self.since)),
                (self._meta.get_field(shape.envelope), None, made),
                (self._meta.get_field("revision"), None, self.revision + 1),
            ]
            if finds is not None:
                written.append((self._meta.get_field("subject"), None, self.subject_id))
            ours = base_qs.filter(pk=pk_val, revision=self.revision)
            setattr(ours.query, OURS, True)
            if ours._update(written):
                self.__dict__[shape.envelope] = made
                self.revision += 1
                state.saved()
                return True
            if not _load_again(self, shape, base_qs, pk_val):
                return False
        raise NotStoredError(STALE, f"{_ATTEMPTS} attempts", place=str(shape.place(self)))

    def refresh_from_db(self, using: Any = None, fields: Any = None, **more: Any) -> None:
        """As Django's. A sealed name brings the whole envelope; unsaved values of others stay."""
        shape, state, names = shape_of(self), state_of(self), set(fields or ())
        sealed = names & {*shape.fields, shape.envelope}
        if sealed:
            stay = {name: value for name, value in state.dirty.items() if name not in names}
            fields = [*names - sealed, shape.envelope, "revision", "collected"]
        super().refresh_from_db(using=using, fields=fields, **more)  # type: ignore[misc] # mixed into a model
        if sealed:
            state_of(self).put(stay)

    def clean_fields(self, exclude: Any = None) -> None:
        """Django's validation of each field, the envelope itself left out."""
        left_out = {*(exclude or ()), shape_of(self).envelope}
        super().clean_fields(exclude=left_out)  # type: ignore[misc] # mixed into a model

    def _prepare_related_fields_for_save(
        self: Any, operation_name: str, fields: Any = None
    ) -> None:
        shape = shape_of(self)
        if operation_name == "bulk_update":
            named = {field.name for field in fields or ()}
            if named & {shape.envelope, *_BOUND}:
                raise RefusedError(
                    REFUSED_PATH, "bulk_update() of an envelope", place=shape.label,
                    do="set the sealed attributes and save each row",
                )  # fmt: skip
        super()._prepare_related_fields_for_save(operation_name, fields)  # type: ignore[misc] # as above

    def __copy__(self: Any) -> Any:
        """A copy with the unsaved values, without the opened ones."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__getstate__())
        if ATTRIBUTE in made.__dict__:
            made.__dict__[ATTRIBUTE] = self.__dict__[ATTRIBUTE].__copy__()
        return made


_BOUND = ("subject", "revision")
"""Columns that the envelope is bound to: written with it or not at all."""


def _first_day(day: date) -> Coalesce:
    """The collection day that is stored already, else this one."""
    return Coalesce("since", Value(day), output_field=models.DateField())


def _load_again(row: Any, shape: Shape, base_qs: Any, pk: Any) -> bool:
    """Take over what is stored now; False where the row is gone."""
    found = base_qs.filter(pk=pk).values_list(shape.envelope, "revision", "subject_id").first()
    if found is None:
        return False
    stored, revision, subject = found
    if subject != row.subject_id:
        raise NotStoredError(STALE, "the row went to another subject", place=shape.label)
    if revision < row.revision:
        raise NotStoredError(
            STALE, "the row is older than this instance: its transaction was rolled back",
            place=shape.label, do="refresh_from_db(), set the values again and save",
        )  # fmt: skip
    if revision == row.revision:
        raise DatabaseError(f"{shape.label}: the row did not take its update")
    row.__dict__[shape.envelope], row.revision = bytes(stored), revision
    return True


class Model(SealedRow, models.Model):  # type: ignore[misc] # Django hides `_do_update` from types
    """A model with sealed fields: `subject`, `collected`, `since`, `revision`, the envelope.

    `class Kept: collect = "inquiry"; subject = "email"` names the clause, and the field that finds
    or makes the subject where none is given.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = SubjectKey("kept_vault.Subject", models.PROTECT, editable=False, related_name="+")
    collected = CollectedField()
    since = SinceField()
    revision = models.PositiveIntegerField(default=0, editable=False)
    sealed = EnvelopeField()

    objects = SealedManager()

    class Meta:
        abstract = True


class AdoptedModel(SealedRow, models.Model):  # type: ignore[misc] # as `Model`
    """As `Model`, for a table that was there before: its own primary key stays.

    `makemigrations` writes the migration that seals its rows (`SealFields`).
    """

    row_id = RowId()
    subject = SubjectKey("kept_vault.Subject", models.PROTECT, editable=False, related_name="+")
    collected = CollectedField()
    since = SinceField()
    revision = models.PositiveIntegerField(default=0, editable=False)
    sealed = EnvelopeField()

    objects = SealedManager()

    class Meta:
        abstract = True
