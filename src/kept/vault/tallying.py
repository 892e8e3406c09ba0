"""How many rows of a person each table holds: one statement for all tables.

Rule: the ORM compiles the statements, for nobody, once for as long as the declared tables are the
same; the person's id then takes nobody's place. Where one table fails, nothing is known of any.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connections, transaction
from django.db.models import UUIDField

from kept.vault.holdings import Holding

_NOBODY = UUID("6b1f0c52-9a0e-4c5d-8d0b-5f3d2f0a7e11")
_MOST = 100
"""Tables per statement, below every engine's limits of parts and parameters."""

Rows = Callable[[Holding, UUID, str], Any]
"""The rows of one table about one person, as a queryset."""


class _Compiled(NamedTuple):
    order: Sequence[Holding]
    statements: Sequence[tuple[str, tuple[Any, ...]]]


_known: dict[tuple[int, str], _Compiled] = {}
"""By database and order of tables, which an entry keeps alive: its id stays its own."""
_REMEMBERED = 16


def tally(
    order: Sequence[Holding], subject: UUID, rows: Rows, using: str
) -> Mapping[str, int] | None:
    """Label -> rows of `subject` for the tables in `order`; None where one of them fails."""
    compiled = _known.get((id(order), using))
    if compiled is None:
        if len(_known) >= _REMEMBERED:  # orders of models and declarations that are no more
            _known.clear()
        compiled = _Compiled(order, tuple(_compile(order, rows, using)))
        _known[id(order), using] = compiled
    nobody, person = (_stored(one, using) for one in (_NOBODY, subject))
    found = dict.fromkeys((holding.label for holding in order), 0)
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            for sql, values in compiled.statements:
                cursor.execute(sql, [person if one == nobody else one for one in values])
                found.update((order[number].label, many) for number, many in cursor.fetchall())
    except DatabaseError:
        return None
    return found


def _compile(
    order: Sequence[Holding], rows: Rows, using: str
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    parts = []
    for number, holding in enumerate(order):
        try:
            one = rows(holding, _NOBODY, using).order_by().values("pk").query
            sql, values = one.get_compiler(using).as_sql()
        except EmptyResultSet:
            continue
        parts.append((f"SELECT {number}, COUNT(*) FROM ({sql}) AS q", values))  # noqa: S608 - the ORM wrote it
    for start in range(0, len(parts), _MOST):
        some = parts[start : start + _MOST]
        yield " UNION ALL ".join(sql for sql, _ in some), tuple(v for _, vs in some for v in vs)


def _stored(id: UUID, using: str) -> Any:
    return UUIDField().get_db_prep_value(id, connections[using])
