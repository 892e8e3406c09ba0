"""Stops `migrate` before it drops clear columns that a sealed field was to take over.

`makemigrations` writes `SealFields`; a migration written by another autodetector, or by hand, may
drop the columns instead. Then nothing runs.
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations.operations import AddField, AlterField, RemoveField

from kept.vault.errors import WOULD_LOSE, RefusedError
from kept.vault.fields import EnvelopeField


def before_migrate(*, plan: Iterable[tuple[Any, bool]] = (), **_: Any) -> None:
    """Called by Django for each app before `migrate`. Raises `RefusedError` V073."""
    dropped: dict[tuple[str, str, str], str] = {}
    sealed: set[tuple[str, str, str]] = set()
    for migration, backwards in plan or ():
        for one in () if backwards else migration.operations:
            if isinstance(one, RemoveField):
                place = (migration.app_label, one.model_name_lower, one.name)
                dropped[place] = str(migration)
            elif isinstance(one, AddField | AlterField) and isinstance(one.field, EnvelopeField):
                names = one.field.schema or {}
                sealed |= {(migration.app_label, one.model_name_lower, name) for name in names}
    for place in sorted(dropped.keys() & sealed):
        raise RefusedError(WOULD_LOSE, f"it would lose `{place[2]}`", place=dropped[place])
