"""Removing the rows of an erased subject, table by table, by what the holdings declare.

Rules: set by set, never row by row; tables that refer to others go first; rows that a spared key
seals stay; what is shared with others is emptied or kept as declared; a table that fails is told
and the next one is done.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import F, Func, Value

from kept.vault.holdings import Holding, holdings
from kept.vault.keystore import ID_BYTES

_BATCH = 1_000


def count(subject: UUID, spared: Collection[bytes], using: str) -> int:
    """How many rows there are to purge. A table that fails counts when it can be purged again."""
    found = 0
    for holding in _in_order():
        with suppress(DatabaseError), transaction.atomic(using=using):
            found += _rows(holding, subject, spared, using).count()
    return found


def purge_all(
    subject: UUID, spared: Collection[bytes], using: str, reached: Callable[[int], None]
) -> tuple[str, ...]:
    """Purge every table; the labels of those that failed. `reached` is told of each batch."""
    failed = []
    for holding in _in_order():
        try:
            _purge(holding, subject, spared, using, reached)
        except (DatabaseError, models.ProtectedError, models.RestrictedError):
            failed.append(holding.label)
    return tuple(failed)


def _purge(
    holding: Holding,
    subject: UUID,
    spared: Collection[bytes],
    using: str,
    reached: Callable[[int], None],
) -> None:
    rows = _rows(holding, subject, spared, using)
    if holding.erase == "anonymise":
        rows = rows.exclude(**_empty(holding))
    while True:
        with transaction.atomic(using=using):
            some = list(rows.values_list("pk", flat=True)[:_BATCH])
            if not some:
                return
            found = rows.model._base_manager.using(using).filter(pk__in=some)
            # What the statement says it changed: another purge may have been first.
            if holding.erase == "anonymise":
                reached(found.exclude(**_empty(holding)).update(**_empty(holding)))
            else:
                reached(found.delete()[1].get(holding.label, 0))


def _rows(holding: Holding, subject: UUID, spared: Collection[bytes], using: str) -> Any:
    model: Any = apps.get_model(holding.label)
    rows = model._base_manager.using(using).filter(**{holding.subject: subject}).order_by("pk")
    shape = getattr(model, "_kept_shape", None)
    if spared and shape is not None:
        key = Func(
            F(shape.envelope), Value(2), Value(ID_BYTES),
            function="SUBSTR", output_field=models.BinaryField(),
        )  # fmt: skip
        rows = rows.annotate(_kept_key=key).exclude(_kept_key__in=list(spared))
    return rows


def _empty(holding: Holding) -> dict[str, Any]:
    model: Any = apps.get_model(holding.label)
    fields = (model._meta.get_field(name) for name in holding.columns)
    return {field.name: None if field.null else field.get_default() for field in fields}


def _in_order() -> Iterator[Holding]:
    """The holdings that an erasure changes, those that refer to others first."""
    found = {label: one for label, one in holdings().items() if one.erase != "keep"}
    graph: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(found), ()))
    for label in found:
        for field in apps.get_model(label)._meta.concrete_fields:
            related: Any = field.related_model
            if field.is_relation and related is not None:
                other = related._meta.label
                if other in found and other != label:
                    graph.add(other, label)
    try:
        order = list(graph.static_order())
    except CycleError:
        order = sorted(found)  # tables that refer to each other: the database's own rules decide
    return (found[label] for label in order)
