"""Django's system checks of the vault: start-up refusals, models against their clauses, `__str__`.

Rules: in production what is unsafe is an error, in development a note; a model whose fields do not
fit its clause is an error, and so is an option of a sealed field that only a column could have, and
a sealed field in a model that cannot store it; a `__str__` that opens sealed values is an error,
because it is what logs, admin pages and error reports print.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DatabaseError

from kept import gate
from kept import policy as policies
from kept._kit.errors import KeptError
from kept.conf import settings
from kept.policy import Collection, Policy
from kept.vault.errors import UNDECLARED
from kept.vault.keystore import start_problems
from kept.vault.rowstate import state_of
from kept.vault.shape import Shape


@register(Tags.security)
def roots(**_: Any) -> list[CheckMessage]:
    """The three roots are apart, and for nobody else's eyes."""
    kind = Error if settings().production else Info
    return [
        kind(
            f"{found.message}" + (f" ({found.place})" if found.place else ""),
            hint=found.do if kind is Error else f"{found.do}; in production this is an error",
            id=f"kept.{found.code.id}",
        )
        for found in start_problems()
    ]


@register(Tags.models)
def clauses(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Every model with sealed fields fits its clause in the policy in force."""
    found: list[CheckMessage] = []
    policy = stated_policy()
    for model in _sealed_models(app_configs):
        for field in _own_fields(model):  # Django itself checks the fields that have columns
            found += field.check()
        if not hasattr(model, "_kept_shape"):
            continue
        shape: Shape = model._kept_shape
        found += _shape_errors(shape, model)
        if policy is not None and shape.collect is not None and shape.model is model:
            found += _clause_errors(shape, policy)
        found += _text_errors(model)
    return found


def stated_policy() -> Policy | None:
    """The policy in force, else the file that is about to be."""
    try:
        return gate.in_force().in_force[1]
    except (KeptError, DatabaseError):  # nothing is posted yet, or there are no tables yet
        return policies.load(settings().policy).policy


def _sealed_models(app_configs: Sequence[Any] | None) -> Iterator[Any]:
    labels = None if app_configs is None else {config.label for config in app_configs}
    for model in apps.get_models():
        asked = labels is None or model._meta.app_label in labels
        if asked and (hasattr(model, "_kept_shape") or _own_fields(model)):
            yield model


def _own_fields(model: Any) -> list[Any]:
    return [one for one in model._meta.private_fields if getattr(one, "is_sealed", False)]


def _error(shape: Shape, text: str, hint: str) -> Error:
    return Error(text, hint=hint, obj=shape.model, id=f"kept.{UNDECLARED.id}")


def _shape_errors(shape: Shape, model: Any) -> Iterator[CheckMessage]:
    columns = {column.name for column in shape.model._meta.concrete_fields}
    if shape.collect is None and "point" not in columns:
        yield _error(
            shape, "no clause is named",
            'add `class Kept: collect = "…"`, or a column `point` where each row names its own',
        )  # fmt: skip
    if shape.found_by is not None and shape.found_by not in shape.fields:
        yield _error(shape, f"`Kept.subject` names no sealed field: `{shape.found_by}`", "name one")
    for field in shape.fields.values():
        if field.unique and not (shape.found_by == field.name and _is_one_to_one(shape.model)):
            yield _error(
                shape, f"`{field.name}` cannot be unique: its values stand in no index",
                "only the field in `Kept.subject` can be, by a one-to-one subject "
                '(`subject = fields.OneSubjectKey("kept_vault.Subject", …)`)',
            )  # fmt: skip
    for name in _sorts_by(shape.model):
        if name in shape.fields:
            yield _error(
                shape, f"`{name}` is sealed and rows cannot be sorted by it in `Meta`",
                "sort by a column, or sort opened rows in Python",
            )  # fmt: skip
    own = {field.name for field in _own_fields(model)}
    if own - shape.fields.keys():
        yield _error(
            shape, f"`{model.__name__}`, a child of a stored model, adds sealed fields",
            "derive both from an abstract model",
        )  # fmt: skip


def _is_one_to_one(model: Any) -> bool:
    return bool(model._meta.get_field("subject").unique)


def _sorts_by(model: Any) -> Iterator[str]:
    """The fields that `Meta.ordering` and `Meta.get_latest_by` name."""
    latest = model._meta.get_latest_by or ()
    for named in (*model._meta.ordering, *([latest] if isinstance(latest, str) else latest)):
        expression = getattr(named, "expression", named)
        yield str(getattr(expression, "name", expression)).removeprefix("-")


def _clause_errors(shape: Shape, policy: Policy) -> Iterator[CheckMessage]:
    clause = policy.collect.get(shape.collect or "")
    if clause is None:
        yield _error(
            shape,
            f"the policy has no `[collect.{shape.collect}]`",
            "add the clause or correct the name",
        )
        return
    declared = _declared(clause)
    columns = {column.name for column in shape.model._meta.concrete_fields}
    for name, field in shape.fields.items():
        if name not in declared:
            yield _error(
                shape,
                f"`{name}` is not in `[collect.{clause.id}]`",
                "add it to the clause, or drop it",
            )
        elif declared[name] != field.category:
            yield _error(
                shape,
                f"`{name}` is `{field.category}`, in `[collect.{clause.id}]` `{declared[name]}`",
                "let both say the same category",
            )
        elif name in clause.optional and not field.blank:
            yield _error(shape, f"`{name}` is optional in the clause", "add blank=True")
    for name in clause.required:
        if name not in shape.fields and name not in columns:
            yield Warning(
                f"`{name}` is required by `[collect.{clause.id}]` and not in the model",
                hint="add the field, or make it optional", obj=shape.model,
                id=f"kept.{UNDECLARED.id}",
            )  # fmt: skip


def _declared(clause: Collection) -> dict[str, str]:
    return {**clause.required, **clause.optional, **clause.added, **clause.automatic}


class _Witness(dict[str, Any]):
    """Stands in for unsaved values and notes which of them are read."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(dict.fromkeys(names, ""))
        self.read: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.read.append(name)
        return super().__getitem__(name)


def _text_errors(model: Any) -> Iterator[CheckMessage]:
    """Print a row and see whether its `__str__` asks for a sealed value."""
    if not model._kept_shape.fields:
        return
    row = model()
    witness = state_of(row).dirty = _Witness(list(model._kept_shape.fields))
    with suppress(Exception):  # a `__str__` that cannot print an empty row is its author's matter
        str(row)
    if witness.read:
        yield _error(
            model._kept_shape, f"`__str__` opens `{witness.read[0]}`",
            "print something that is not personal, such as the type and the id",
        )  # fmt: skip
