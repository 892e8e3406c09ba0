"""Migration operations: `SealFields`, and `UnsealFields`, its way back as a migration of its own.

Rules: what the operation makes of the model is written out in it, so that it means the same years
later; short of that, as written by hand, it reads the model as it is declared now. Both directions
give the same guarantees: batches, a start where the last one was killed, every row compared under
a lock before a column goes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps as installed
from django.db.migrations.operations.base import Operation, OperationCategory

from kept.vault.adopting import stages
from kept.vault.errors import NOT_SEALABLE, RefusedError
from kept.vault.fields import EnvelopeField, SealedRow

COLUMNS = ("row_id", "subject", "collected", "since", "revision", "sealed")
"""What an envelope needs beside it."""


def columns_of(model: Any) -> dict[str, Any]:
    """The columns that sealing adds, as `model` declares them."""
    found = {field.name: field for field in model._meta.local_concrete_fields}
    return {name: found[name].clone() for name in COLUMNS if name in found}


class _Moving(Operation, ABC):
    """What both directions share. Itself it is no operation: Python refuses to make one."""

    reduces_to_sql = False
    atomic = False
    category = OperationCategory.MIXED
    model_name: str
    columns: Mapping[str, Any]

    def _stage(self, app_label: str, editor: Any, clear: Any, sealed: Any) -> stages.Stage | None:
        model = clear.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(editor.connection.alias, model):
            return None
        return stages.Stage(
            editor.connection.alias, app_label, self.model_name.lower(), clear, sealed,
            tuple(self._names()), getattr(self, "since", ""), getattr(self, "subject", ""),
        )  # fmt: skip

    @abstractmethod
    def _names(self) -> list[str]:
        """The fields that are moved."""

    def references_model(self, name: str, app_label: str) -> bool:
        """Nothing is moved past it by the optimizer."""
        return True


class SealFields(_Moving):
    """`kept.SealFields("Inquiry", ["name", "email"])`: clear columns become sealed fields.

    `columns`: what is added beside them, as `makemigrations` writes it. `since`: the column that
    says when a row was collected; without it every keep begins with the day of sealing. `subject`:
    the way to the subject through another table (`customer__subject`), where no field of the row
    itself finds it.
    """

    def __init__(
        self,
        model_name: str,
        fields: Sequence[str],
        columns: Mapping[str, Any] | None = None,
        since: str = "",
        subject: str = "",
    ) -> None:
        self.model_name, self.fields, self.columns = model_name, list(fields), columns or {}
        self.since, self.subject = since, subject

    def _names(self) -> list[str]:
        return self.fields

    def _written_out(self, app_label: str) -> Mapping[str, Any]:
        if not self.columns:
            model = installed.get_model(app_label, self.model_name)
            self.columns = columns_of(model)
        if "sealed" not in self.columns:
            raise RefusedError(
                NOT_SEALABLE, "the model has no envelope", place=f"{app_label}.{self.model_name}",
                do="derive it from kept.AdoptedModel",
            )  # fmt: skip
        return self.columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The clear columns go, the envelope comes; the historical model knows how to save it."""
        key = app_label, self.model_name.lower()
        columns = self._written_out(app_label)
        _refuse(state.models[key], self.fields, columns)
        for name in self.fields:
            state.remove_field(*key, name)
        for name, field in columns.items():
            if name in state.models[key].fields:
                state.alter_field(*key, name, field.clone(), preserve_default=True)
            else:
                state.add_field(*key, name, field.clone(), preserve_default=True)
        model = state.models[key]
        if SealedRow not in model.bases:
            model.bases = (SealedRow, *model.bases)
            state.reload_model(*key)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Seal."""
        stage = self._stage(app_label, schema_editor, from_state, to_state)
        if stage is not None:
            stages.seal(stage, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Unseal."""
        stage = self._stage(app_label, schema_editor, to_state, from_state)
        if stage is not None:
            stages.unseal(stage, schema_editor)

    def describe(self) -> str:
        """For `migrate --plan`, `sqlmigrate` and `makemigrations`."""
        return f"Seal {', '.join(self.fields)} of {self.model_name}, row by row"

    @property
    def migration_name_fragment(self) -> str:
        """For the file's name."""
        return f"seal_{self.model_name.lower()}"


class UnsealFields(_Moving):
    """`kept.UnsealFields("Inquiry", {"name": models.CharField(…)})`: back to clear columns.

    `fields`: the columns as they are to be. `sealed`: the envelope that is left, where other fields
    stay sealed; without it the row keeps nothing of ours, and a link row keeps whose it is.
    """

    def __init__(self, model_name: str, fields: Mapping[str, Any], sealed: Any = None) -> None:
        self.model_name, self.fields, self.sealed = model_name, dict(fields), sealed

    def _names(self) -> list[str]:
        return list(self.fields)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The clear columns come back; the envelope goes or is left with the rest."""
        key = app_label, self.model_name.lower()
        if self.sealed is not None:
            state.alter_field(*key, "sealed", self.sealed.clone(), preserve_default=True)
        else:
            for name in COLUMNS:
                if name in state.models[key].fields:
                    state.remove_field(*key, name)
            model = state.models[key]
            model.bases = tuple(base for base in model.bases if base is not SealedRow)
            state.reload_model(*key)
        for name, field in self.fields.items():
            state.add_field(*key, name, field.clone(), preserve_default=True)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Unseal."""
        stage = self._stage(app_label, schema_editor, to_state, from_state)
        if stage is not None:
            stages.unseal(stage, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Seal again."""
        stage = self._stage(app_label, schema_editor, from_state, to_state)
        if stage is not None:
            stages.seal(stage, schema_editor)

    def describe(self) -> str:
        """For `migrate --plan`, `sqlmigrate` and `makemigrations`."""
        return f"Unseal {', '.join(self.fields)} of {self.model_name}, row by row"

    @property
    def migration_name_fragment(self) -> str:
        """For the file's name."""
        return f"unseal_{self.model_name.lower()}"


def _refuse(model: Any, names: Sequence[str], columns: Mapping[str, Any]) -> None:
    """Raise `RefusedError` V070 for what cannot be sealed."""
    envelope: EnvelopeField = columns["sealed"]
    schema, place = envelope.schema or {}, f"{model.app_label}.{model.name}"
    for name in names:
        field = model.fields.get(name)
        if field is None:
            why = "is no column of the model"
        elif field.is_relation or field.primary_key:
            why = "is a key to other rows"
        elif field.get_internal_type() in ("FileField", "ImageField"):
            why = "names a file, which stays where it is"
        elif name not in schema:
            why = "is not among the model's sealed fields"
        else:
            continue
        raise RefusedError(NOT_SEALABLE, f"`{name}` {why}", place=place)
    for name, field in columns.items():
        there = model.fields.get(name)
        if there is not None and type(there) is not type(field):
            raise RefusedError(
                NOT_SEALABLE, f"the model has a column `{name}` of its own", place=place,
                do="rename that field first (db_column keeps its column), then seal",
            )  # fmt: skip
    bound = {**model.fields, **columns}
    keys = [field for field in bound.values() if field.primary_key]
    if "row_id" not in bound and not any(f.get_internal_type() == "UUIDField" for f in keys):
        raise RefusedError(
            NOT_SEALABLE, "its primary key is made by the database, too late to seal with",
            place=place, do="derive it from kept.AdoptedModel",
        )  # fmt: skip


for _public in (SealFields, UnsealFields):
    _public.__module__ = "kept"  # so that migrations say `kept.SealFields`
