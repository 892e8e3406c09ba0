"""A sealed field that was dropped from a model goes out of the rows, too.

Rules: after a migration that changed an envelope's schema, every row that still holds a name which
the schema no longer has is sealed again without it, under the same key, compare-and-swap; rows
without such names are not touched, so that it may be done again after a crash. Saving a row never
drops a name by itself: during a deployment, older code does not know the newer fields.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.migrations.operations import AlterField

from kept.vault import people, sealing
from kept.vault.errors import NoKeyError, NotStoredError
from kept.vault.shape import Shape

_BATCH = 500


def reseal(model: Any, *, using: str = "default") -> int:
    """Seal the rows of `model` again that hold names it no longer has; how many.

    Rows whose key is destroyed, or whose subject is being erased, are left to the purge.
    """
    shape: Shape = model._kept_shape
    return sum(_without_unknown(row, shape, using) for row in _rows(model, shape, using))


def _rows(model: Any, shape: Shape, using: str) -> Iterator[Any]:
    rows, last = model._base_manager.using(using).order_by("pk"), None
    while True:
        some = list((rows if last is None else rows.filter(pk__gt=last))[:_BATCH])
        yield from some
        if not some:
            return
        last = some[-1].pk


def _without_unknown(row: Any, shape: Shape, using: str) -> bool:
    stored = bytes(row.__dict__[shape.envelope])
    if not stored:
        return False
    with transaction.atomic(using=using):
        try:
            people.lock(row.subject_id, using)
            made = sealing.without(row, shape, stored, known=shape.fields.keys())
        except (NoKeyError, NotStoredError):
            return False
        return made is not None and sealing.swap(row, shape, made, using)


def after_migrate(
    *,
    app_config: Any,
    using: str,
    plan: Iterable[tuple[Any, bool]] = (),
    apps: Any = None,
    **_: Any,
) -> None:
    """Called by Django for each app after `migrate`, and without a plan after `flush`."""
    changed = {
        operation.model_name_lower
        for migration, _backwards in plan
        if migration.app_label == app_config.label
        for operation in migration.operations
        if isinstance(operation, AlterField) and hasattr(operation.field, "schema")
    }
    for name in sorted(changed):
        model = apps.get_model(app_config.label, name)
        if hasattr(model, "_kept_shape") and not model._kept_shape.open_fields:
            reseal(model, using=using)
