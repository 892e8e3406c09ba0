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


class Remover:
    """Removes rows of one query batch by batch; the statements are made once."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        """`rows` come in the order in which they are to go."""
        self._rows, self._connection = rows, connections[rows.db]
        parts = _parts(rows.model._meta.label)
        self._by_ids = parts is None or self._connection.vendor not in _PLACE
        self._parts = parts or ()
        self._table = self._quote(rows.model._meta.db_table)
        if not self._by_ids:
            self._place = f"{self._table}.{_PLACE[self._connection.vendor]}"
            self._chosen, self._values = self._compiled(RawSQL(self._place, ()))  # noqa: S611 - names only
            self._ids, _ = self._compiled("pk")

    def some(self, size: int) -> tuple[int, int]:
        """Remove up to `size` rows, in the caller's transaction: how many, and with their parts.

        None is left where 0 is given, but for locked ones.
        """
        if self._by_ids:
            return by_ids(self._rows, list(self._rows.values_list("pk", flat=True)[:size]))
        if self._connection.vendor == "postgresql":
            return self._postgres(size)
        return self._sqlite(size)

    def _postgres(self, size: int) -> tuple[int, int]:
        key = self._quote(self._rows.model._meta.pk.column)
        with_parts = "".join(
            f", part{number} AS (DELETE FROM {self._quote(one.table)} "  # noqa: S608 - names of columns
            f"WHERE {self._quote(one.column)} IN (SELECT {key} FROM gone) RETURNING 1)"
            for number, one in enumerate(self._parts)
        )
        counted = "".join(
            f" + (SELECT count(*) FROM part{number})"  # noqa: S608 - numbers
            for number, one in enumerate(self._parts)
            if one.kept
        )
        sql = (
            f"WITH gone AS (DELETE FROM {self._table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - as above
            f"{self._chosen} FOR UPDATE OF {self._table} SKIP LOCKED)) RETURNING {key})"
            f"{with_parts} SELECT count(*), count(*){counted} FROM gone"
        )
        with self._connection.cursor() as cursor:
            cursor.execute(sql, (*self._values, size))
            gone, kept = cursor.fetchone()
        return int(gone), int(kept)

    def _sqlite(self, size: int) -> tuple[int, int]:
        more, values = 0, (*self._values, size)
        with self._connection.cursor() as cursor:
            for one in self._parts:
                table, column = self._quote(one.table), self._quote(one.column)
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 - as above
                if not cursor.fetchone()[0]:
                    continue  # finding the rows once is half of what is left to do
                cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({self._ids})", values)  # noqa: S608 - as above
                more += cursor.rowcount if one.kept else 0
            cursor.execute(f"DELETE FROM {self._table} WHERE rowid IN ({self._chosen})", values)  # noqa: S608 - as above
            gone = cursor.rowcount
        return gone, gone + more

    def _compiled(self, column: Any) -> tuple[str, tuple[Any, ...]]:
        """The statement that finds the place (or a column) of the first rows, but for how many."""
        # SQLite asks twice and must get the same rows; PostgreSQL would have to sort for it.
        twice = self._connection.vendor == "sqlite"
        also = (RawSQL(self._place, ()),) if twice else ()  # noqa: S611 - names only
        rows = self._rows.order_by("since", *also).values_list(column)
        sql, values = rows.query.get_compiler(self._rows.db).as_sql()
        return f"{sql} LIMIT %s", tuple(values)

    def _quote(self, name: str) -> str:
        return str(self._connection.ops.quote_name(name))


def by_ids(rows: QuerySet[Any], ids: list[UUID]) -> tuple[int, int]:
    """Remove those of `rows` with these ids: how many, and with their parts."""
    if not ids:
        return 0, 0
    found = rows.model._base_manager.using(rows.db).filter(pk__in=ids)
    counts = found.delete()[1]
    kept = sum(counts.get(label, 0) for label in {rows.model._meta.label, *_kept_labels()})
    return counts.get(rows.model._meta.label, 0), kept


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
