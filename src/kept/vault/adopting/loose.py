"""A column as it stands while a table is half-way: plain, no default, and it may be empty."""

from typing import Any

from django.db import models

from kept.vault.fields import EnvelopeField, OneSubjectKey, RowId, SinceField, SubjectKey


def loose(field: Any) -> Any:
    """The column of `field`, nullable, without uniqueness, index, default or behaviour."""
    if isinstance(field, EnvelopeField):
        return models.BinaryField(null=True)
    if isinstance(field, SubjectKey | OneSubjectKey):
        return models.ForeignKey(
            field.remote_field.model, models.PROTECT, null=True, related_name="+", db_index=False
        )
    if isinstance(field, RowId):
        return models.UUIDField(null=True)
    if isinstance(field, SinceField):
        return models.DateField(null=True)
    _, _, args, kwargs = field.deconstruct()
    for word in ("unique", "db_index", "default", "db_default", "auto_now", "auto_now_add"):
        kwargs.pop(word, None)
    return type(field)(*args, **{**kwargs, "null": True})
