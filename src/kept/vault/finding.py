"""Everything that is held about a subject, table by table: for access, export and correction.

Rules: the declared holdings and nothing else; each table comes even when it has no rows, so that
"nothing held" and "not looked at" are told apart; rows come set by set, and how many to expect is
counted beforehand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from kept.vault.holdings import Holding, holdings


@dataclass(frozen=True, slots=True)
class Found:
    """What one table holds about the subject."""

    holding: Holding
    rows: Any
    """A queryset, in the order of the primary key; sealed values open in the caller's scope."""
    expected: int
    failed: str = ""
    """Kind of the error where they could not be counted: the other tables are told all the same."""


def everything(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Found]:
    """Every table with rows about people, by label, with those about `subject`."""
    for label, holding in sorted(holdings().items()):
        model: Any = apps.get_model(label)
        rows = model._base_manager.using(using).filter(holding.of(subject)).order_by("pk")
        yield _found(holding, rows, using)


def _found(holding: Holding, rows: Any, using: str) -> Found:
    try:
        with transaction.atomic(using=using):
            return Found(holding, rows, rows.count())
    except DatabaseError as error:
        return Found(holding, rows, 0, type(error).__name__)
