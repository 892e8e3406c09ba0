"""Which columns of a row a person is given, and which not, with the reason.

Rules: secrets that work only as long as nobody reads them stay out (a password's hash, a session's
key), named; what is sealed comes through the gate, never as its envelope; a reference is given only
where it leads to a row of the same person: others', staff included, are "another person's".
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from django.db import models

from kept.vault.models import Subject

_SECRET = re.compile(r"password|secret|token|digest|session_(key|data)|^once$|hash|^key$|salt")
_OURS = frozenset({"revision", "lease", "leased_until", "again", "attempts"})
_WHY_SECRET = "a secret that protects you only while nobody reads it"  # noqa: S105 - a reason
_WHY_SEALED = "stored encrypted; what is in it is told in this copy in clear"
_WHY_OURS = "a number that only our software needs"


@cache
def left_out(model: type[models.Model]) -> Mapping[str, str]:
    """Column -> why it is not given."""
    found: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        why = _why(model, field)
        if why:
            found[field.name] = why
    return MappingProxyType(found)


@cache
def given(model: type[models.Model]) -> tuple[Any, ...]:
    """The ordinary columns that are given, references apart."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not _why(model, field) and not field.is_relation
    )


@cache
def references(model: type[models.Model]) -> tuple[Any, ...]:
    """The references to rows of other tables that may be the same person's."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if field.is_relation and not _why(model, field) and field.related_model is not Subject
    )


def _why(model: type[models.Model], field: Any) -> str:
    said = getattr(model.__dict__.get("Kept"), "secret", ())
    if field.name in said or _SECRET.search(field.name):
        return _WHY_SECRET
    if isinstance(field, models.BinaryField):
        return _WHY_SEALED
    ours = (*_OURS, *getattr(model.__dict__.get("Kept"), "ours", ()))
    return _WHY_OURS if field.name in ours else ""
