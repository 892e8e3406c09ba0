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


def links_of(model: Any, using: str) -> Any:
    """The link rows of a model's table."""
    return Link.objects.using(using).filter(table=model._meta.label_lower)


def gone(model: Any, using: str) -> Any:
    """Link rows whose row is not there any more."""
    there = model._base_manager.using(using).values("pk")
    named = links_of(model, using).annotate(_key=Cast("row", output_field=_type(model)))
    return named.exclude(_key__in=there)


def linked(model: Any, subject: UUID, way: str) -> Q:
    """The rows of `model` whose link row, found by `way`, names `subject`."""
    return Q(**{f"{way}__in": keys(model_behind(model, way), subject=subject)})


def model_behind(model: Any, way: str) -> Any:
    """The model whose rows are linked: the one at the end of `way`, itself for `pk`."""
    for name in () if way == "pk" else way.split("__"):
        model = model._meta.get_field(name).related_model
    return model


def keys(model: Any, **which: Any) -> Any:
    """The primary keys that link rows name, in the table's type, as a subquery."""
    rows = Link.objects.filter(table=model._meta.label_lower, **which)
    return rows.values_list(Cast("row", output_field=_type(model)), flat=True)


def _type(model: Any) -> Any:
    pk = model._meta.pk
    while pk.is_relation:  # a child of a stored model, or a one-to-one key
        pk = pk.target_field
    return pk
