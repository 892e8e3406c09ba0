"""Link rows: the way from a person to clear-text rows whose table has no key to a subject.

Rules: set by set, never row by row; a primary key stands as text, also where it is 0, empty or
false, and is compared in the table's own type.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Cast

from kept.vault.models import Link


def as_text(pk: Any) -> str:
    """A primary key as link rows hold it."""
    return pk.hex if isinstance(pk, UUID) else str(pk)


def links_of(model: Any, *, using: str | None = None) -> Any:
    """The link rows of a model's table."""
    return Link.objects.using(using).filter(table=model._meta.label_lower)


def linked(model: Any, subject: UUID, *, prefix: str = "") -> Q:
    """The rows of `model` that are linked to `subject`, or, with a `prefix`, those behind it."""
    return Q(**{f"{prefix}pk__in": keys(model, subject=subject)})


def keys(model: Any, **which: Any) -> Any:
    """The primary keys that link rows name, in the table's type, as a subquery."""
    pk = model._meta.pk
    while pk.is_relation:  # a child of a stored model, or a one-to-one key
        pk = pk.target_field
    rows = Link.objects.filter(table=model._meta.label_lower, **which)
    return rows.values_list(Cast("row", output_field=pk), flat=True)
