"""Removing rows that are over, some at a time.

Rules: set by set, in one statement, without reading what is removed; rows that are locked are left
for the next sweep (PostgreSQL); rows that belong to a removed one go with it and are counted where
they are kept rows themselves; what the database cannot do alone (files, signals, further keys) goes
the way of Django's `delete()`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.signals import post_delete, pre_delete

from kept.keepers.retention.reach import kept_models

_PLACE = {"postgresql": "ctid", "sqlite": "rowid"}
"""Where a row stands, by engine: the quickest way back to it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table whose rows go with those of another."""

    table: str
    column: str
    kept: bool
    """True where its rows are kept rows and counted."""


def some(rows: QuerySet[Any], size: int) -> tuple[int, int]:
    """Remove up to `size` of `rows`, those collected first: how many, and with their parts.

    In the caller's transaction. None is left where 0 is given, but for locked ones.
    """
    parts, vendor = _parts(rows.model._meta.label), connections[rows.db].vendor
    if parts is None or vendor not in _PLACE:
        return by_ids(rows, list(rows.values_list("pk", flat=True)[:size]))
    if vendor == "postgresql":
        return _postgres(rows, parts, size)
    return _sqlite(rows, parts, size)


def by_ids(rows: QuerySet[Any], ids: list[UUID]) -> tuple[int, int]:
    """Remove those of `rows` with these ids: how many, and with their parts."""
    if not ids:
        return 0, 0
    found = rows.model._base_manager.using(rows.db).filter(pk__in=ids)
    counts = found.delete()[1]
    kept = sum(counts.get(label, 0) for label in {rows.model._meta.label, *_kept_labels()})
    return counts.get(rows.model._meta.label, 0), kept


def _postgres(rows: QuerySet[Any], parts: tuple[Part, ...], size: int) -> tuple[int, int]:
    quote = connections[rows.db].ops.quote_name
    table, key = quote(rows.model._meta.db_table), quote(rows.model._meta.pk.column)
    chosen, values = _chosen(rows, size)
    with_parts = "".join(
        f", part{number} AS (DELETE FROM {quote(one.table)} WHERE {quote(one.column)} IN "  # noqa: S608 - names of columns
        f"(SELECT {key} FROM gone) RETURNING 1)"
        for number, one in enumerate(parts)
    )
    counted = "".join(
        f" + (SELECT count(*) FROM part{number})"  # noqa: S608 - numbers
        for number, one in enumerate(parts)
        if one.kept
    )
    sql = (
        f"WITH gone AS (DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - as above
        f"{chosen} FOR UPDATE OF {table} SKIP LOCKED)) RETURNING {key}){with_parts} "
        f"SELECT count(*), count(*){counted} FROM gone"
    )
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, values)
        gone, kept = cursor.fetchone()
    return int(gone), int(kept)


def _sqlite(rows: QuerySet[Any], parts: tuple[Part, ...], size: int) -> tuple[int, int]:
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    table = quote(rows.model._meta.db_table)
    more = 0
    with connection.cursor() as cursor:
        for one in parts:
            chosen, values = _chosen(rows, size, "pk")
            cursor.execute(
                f"DELETE FROM {quote(one.table)} WHERE {quote(one.column)} IN ({chosen})",  # noqa: S608 - as above
                values,
            )
            more += cursor.rowcount if one.kept else 0
        chosen, values = _chosen(rows, size)
        cursor.execute(f"DELETE FROM {table} WHERE rowid IN ({chosen})", values)  # noqa: S608 - as above
        gone = cursor.rowcount
    return gone, gone + more


def _chosen(rows: QuerySet[Any], size: int, column: str = "") -> tuple[str, tuple[Any, ...]]:
    """The statement that finds the places (or the given column) of the first of `rows`."""
    connection = connections[rows.db]
    place = f"{connection.ops.quote_name(rows.model._meta.db_table)}.{_PLACE[connection.vendor]}"
    # SQLite asks twice and must get the same rows; PostgreSQL would have to sort for it.
    also = (RawSQL(place, ()),) if connection.vendor == "sqlite" else ()  # noqa: S611 - a constant and a table's name
    listed = rows.order_by("since", *also)
    listed = listed.values_list(column or RawSQL(place, ()))[:size]  # noqa: S611 - as above
    sql, values = listed.query.get_compiler(rows.db).as_sql()
    return sql, tuple(values)


@lru_cache(maxsize=256)
def _parts(label: str) -> tuple[Part, ...] | None:
    """The tables whose rows go with the model's; None where that is not simply so."""
    model: Any = apps.get_model(label)
    links = _links(model)
    simple = all(
        link.on_delete is models.CASCADE and not _links(link.related_model)
        for link in links
    )  # fmt: skip
    heard = any(_is_heard(one) for one in (model, *(link.related_model for link in links)))
    if not simple or heard or (model._meta.private_fields and _has_generic(model)):
        return None
    return tuple(
        Part(
            link.related_model._meta.db_table,
            link.field.column,
            kept=hasattr(link.related_model, "_kept_shape"),
        )
        for link in links
    )


def _links(model: Any) -> list[Any]:
    """The keys of other tables (and its own) that point at the model."""
    return [
        field
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)
    ]


def _has_generic(model: Any) -> bool:
    return any(hasattr(field, "bulk_related_objects") for field in model._meta.private_fields)


def _is_heard(model: Any) -> bool:
    """Whether somebody wants to be told of each row."""
    return any(signal.has_listeners(model) for signal in (pre_delete, post_delete))


def _kept_labels() -> set[str]:
    return {one.model._meta.label for one in kept_models()}
