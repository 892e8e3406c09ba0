"""What `makemigrations` writes when clear columns became sealed fields, or sealed ones clear.

Rules: never a dropped column where its values are to be sealed: one `SealFields` (or
`UnsealFields`) per model, in a migration of its own, because it is no single transaction; what it
covers is not asked about and not written twice; everything else is left to Django.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.migration import Migration

from kept.vault.adopting.operations import COLUMNS, SealFields, UnsealFields
from kept.vault.fields import EnvelopeField

OURS = (SealFields, UnsealFields)
_POSTED = ("kept_promises", "__first__")
"""Where there are rows, sealing asks the policy that is posted."""


class _Found(NamedTuple):
    app_label: str
    model_name: str
    operation: Any
    covers: frozenset[str]
    """The fields of the model that the operation adds, alters or drops."""


def found_in(old: Any, new: Any) -> list[_Found]:
    """The models of both states whose fields were sealed or unsealed in between.

    Those whose subject is found through another table come after it.
    """
    found = []
    for key in sorted(old.models.keys() & new.models.keys()):
        before, after = old.models[key].fields, new.models[key].fields
        if (made := _sealed(new.models[key], before, after)) is not None:
            found.append(_Found._make((*key, made, frozenset({*made.fields, *made.columns}))))
        elif (undone := _unsealed(new.models[key], before, after)) is not None:
            found.append(_Found._make((*key, undone, frozenset({*undone.fields, *COLUMNS}))))
    return sorted(found, key=lambda one: bool(getattr(one.operation, "subject", "")))


def _schema(fields: Any) -> dict[str, Any]:
    envelope = fields.get("sealed")
    return (envelope.schema or {}) if isinstance(envelope, EnvelopeField) else {}


def _with_schema(model: Any) -> Any:
    """The envelope of a state made from a model, whose schema is known by its deconstruction."""
    return model.fields["sealed"].clone()


def _sealed(model: Any, before: Any, after: Any) -> SealFields | None:
    if not isinstance(after.get("sealed"), EnvelopeField):
        return None
    envelope = _with_schema(model)
    names = [name for name in before if name in (envelope.schema or {}) and name not in after]
    if not names:
        return None
    columns = {
        name: envelope if name == "sealed" else after[name].clone()
        for name in COLUMNS
        if name in after and (name not in before or name == "sealed")
    }
    return SealFields(model.name, names, columns, **_said(model))


def _said(model: Any) -> dict[str, str]:
    """What the model's `Kept` says about its older rows."""
    said = getattr(apps.get_model(model.app_label, model.name), "Kept", None)
    given = {"since": getattr(said, "since", ""), "subject": getattr(said, "subject_from", "")}
    return {word: value for word, value in given.items() if value}


def _unsealed(model: Any, before: Any, after: Any) -> UnsealFields | None:
    schema = _schema(before)
    names = [name for name in after if name in schema and name not in before]
    if not names:
        return None
    clear = {name: after[name].clone() for name in names}
    left = after.get("sealed")
    return UnsealFields(model.name, clear, _with_schema(model) if left is not None else None)


class Autodetector(MigrationAutodetector):
    """Django's, with an eye for envelopes."""

    migrations: dict[str, list[Any]]
    old_field_keys: set[Any]
    new_field_keys: set[Any]
    _get_dependencies_for_foreign_key: Any  # Django's own, and not in its types

    def create_renamed_fields(self) -> None:
        """The first look at fields: take out what we cover before Django asks about it."""
        self._ours = found_in(self.from_state, self.to_state)
        for one in self._ours:
            place = (one.app_label, one.model_name)
            covered = {(*place, name) for name in one.covers}
            self.old_field_keys = self.old_field_keys - covered
            self.new_field_keys = self.new_field_keys - covered
        super().create_renamed_fields()

    def generate_added_fields(self) -> None:
        """Django's own, then ours."""
        super().generate_added_fields()
        for one in self._ours:
            fields = getattr(one.operation, "columns", None) or one.operation.fields
            needs = [
                need
                for field in fields.values()
                if field.is_relation
                for need in self._get_dependencies_for_foreign_key(
                    one.app_label, one.model_name, field, self.to_state
                )
            ]
            self.add_operation(one.app_label, one.operation, dependencies=needs)

    def _optimize_migrations(self) -> None:
        """Ours apart, and whoever needs a migration that is now several needs the last of them."""
        last: dict[tuple[str, str], str] = {}
        for label, listed in self.migrations.items():
            parts: list[Any] = []
            for whole in listed:
                made = apart(whole)
                for part in made:
                    parts.append(part)
                    part.name = f"auto_{len(parts)}"
                last[label, whole.name] = parts[-1].name
            self.migrations[label] = parts
        for listed in self.migrations.values():
            for migration in listed:
                migration.dependencies = [
                    (one[0], last.get((one[0], one[1]), one[1])) if one[0] in self.migrations
                    else one
                    for one in migration.dependencies
                ]  # fmt: skip
                if not migration.atomic and apps.is_installed("kept.promises"):
                    migration.dependencies.append(_POSTED)
        super()._optimize_migrations()  # type: ignore[misc] # Django's, and not in its types


def apart(whole: Any) -> list[Any]:
    """The migration in parts, each of ours alone and not atomic."""
    parts: list[list[Any]] = [[]]
    for operation in _sorted(whole.operations):
        if isinstance(operation, OURS):
            parts += [[operation], []]
        else:
            parts[-1].append(operation)
    made = [_part(whole, operations) for operations in parts if operations]
    made[0].dependencies = list(whole.dependencies)
    made[0].initial = whole.initial
    for part in made[1:]:  # another app's that a later part needs, is needed by the first as well
        part.initial = False
    return made


def _sorted(operations: Sequence[Any]) -> list[Any]:
    """Ours after what is dropped, before what looks at the new columns."""
    later = ("AddIndex", "AddConstraint")
    ours = [one for one in operations if isinstance(one, OURS)]
    if not ours:
        return list(operations)
    rest = [one for one in operations if not isinstance(one, OURS)]
    return [
        *(one for one in rest if type(one).__name__ not in later),
        *ours,
        *(one for one in rest if type(one).__name__ in later),
    ]


def _part(whole: Any, operations: list[Any]) -> Any:
    kind = type("Migration", (Migration,), {"operations": [], "dependencies": []})
    made: Any = kind("auto", whole.app_label)
    made.operations = operations
    made.atomic = not any(isinstance(one, OURS) for one in operations)
    return made
