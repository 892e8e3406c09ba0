"""Fetching the rows of a query and making them all at once: what most pages ask for.

Rules: only for plain rows of one model that `loading` fills; a query that joins others, adds values
or reads in pieces is left to Django; so is every value, but for ids and days, which are made from
their text once for each different one. On PostgreSQL, rows whose columns mean the same in both come
in binary form: an envelope as text costs more than opening it.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.query import ModelIterable

from kept._kit.ids import uuid_of
from kept.vault.fields import loading

_SAME_IN_BINARY = frozenset({
    "bigint", "boolean", "bytea", "date", "integer", "smallint", "text", "uuid",
})  # fmt: skip


class SealedRows(ModelIterable):
    """What a `SealedQuerySet` goes through."""

    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        query = queryset.query
        plain = not (
            self.chunked_fetch
            or queryset._known_related_objects
            or query.select_related
            or query.annotation_select
            or query.extra_select
        )
        if plain and loading.fills(queryset.model):
            return iter(_made(query.get_compiler(using=queryset.db), queryset.db))
        return iter(super().__iter__())


def _made(compiler: Any, using: str) -> list[Any]:
    found = _fetched(compiler)
    if not found:
        return []
    model, at = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    chosen = [one[0] for one in compiler.select[at[0] : at[-1] + 1]]
    columns: list[Any] = list(zip(*found, strict=True))[at[0] : at[-1] + 1]
    for number, (converters, expression) in compiler.get_converters(chosen).items():
        columns[number] = _converted(columns[number], converters, expression, compiler.connection)
    names = [one.target.attname for one in chosen]
    return loading.made(model, using, names, zip(*columns, strict=True))


def _converted(
    column: Sequence[Any], converters: list[Any], expression: Any, connection: Any
) -> Sequence[Any]:
    ops = connection.ops
    if converters == [getattr(ops, "convert_uuidfield_value", None)]:
        each = {text: text if text is None else uuid_of(text) for text in set(column)}
        return [each[text] for text in column]
    if converters == [getattr(ops, "convert_datefield_value", None)]:
        convert = converters[0]
        each = {text: convert(text, expression, connection) for text in set(column)}
        return [each[text] for text in column]
    for convert in converters:
        column = [convert(value, expression, connection) for value in column]
    return column


def _fetched(compiler: Any) -> list[Sequence[Any]]:
    """The rows of the query, as its database tells them."""
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return []
    if not sql:
        return []
    with compiler.connection.cursor() as cursor:
        if compiler.connection.vendor == "postgresql" and _in_binary(compiler):
            cursor.cursor = _binary(cursor.cursor)
        cursor.execute(sql, params)
        found: list[Sequence[Any]] = cursor.fetchall()
    return found


def _in_binary(compiler: Any) -> bool:
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    return is_psycopg3 and all(
        isinstance(getattr(one[0], "target", None), models.Field)
        and _same_in_binary(one[0].target, compiler.connection.alias)
        for one in compiler.select
    )


@lru_cache(maxsize=4096)
def _same_in_binary(field: Any, using: str) -> bool:
    from django.db import connections

    kind = str(field.db_type(connections[using]))
    return kind in _SAME_IN_BINARY or kind.startswith("varchar")


def _binary(cursor: Any) -> Any:
    """A cursor that gives binary rows in the place of `cursor`, on the same connection."""
    from kept.vault.fields.binary import BinaryCursor

    cursor.close()
    return BinaryCursor(cursor.connection)
