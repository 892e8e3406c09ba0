"""Everything that is held about a subject, table by table: for access, export and correction.

Rules: the declared holdings and nothing else; each table comes even when it has no rows, so that
"nothing held" and "not looked at" are told apart; rows come set by set, and how many to expect is
counted beforehand, in one statement for all tables where none of them fails.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from kept.vault.holdings import Holding, holdings
from kept.vault.tallying import tally


@dataclass(frozen=True, slots=True)
class Found:
    """What one table holds about the subject."""

    holding: Holding
    subject: UUID
    using: str
    expected: int
    failed: str = ""
    """Kind of the error where they could not be counted: the other tables are told all the same."""

    @property
    def model(self) -> Any:
        """The table's model."""
        return apps.get_model(self.holding.label)

    @property
    def rows(self) -> Any:
        """A queryset, in the order of the primary key; sealed values open in the caller's scope."""
        return _rows(self.holding, self.subject, self.using).order_by("pk")


_order: tuple[Mapping[str, Holding], tuple[Holding, ...]] | None = None
"""The holdings by label, and what that was found from."""


def everything(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Found]:
    """Every table with rows about people, by label, with those about `subject`."""
    order = _in_order()
    counts = tally(order, subject, _rows, using)
    for holding in order:
        if counts is None:
            yield _counted(holding, subject, using)
        else:
            yield Found(holding, subject, using, counts[holding.label])


def _rows(holding: Holding, subject: UUID, using: str) -> Any:
    model: Any = apps.get_model(holding.label)
    return model._base_manager.using(using).filter(holding.of(subject))


def _counted(holding: Holding, subject: UUID, using: str) -> Found:
    try:
        with transaction.atomic(using=using):
            return Found(holding, subject, using, _rows(holding, subject, using).count())
    except DatabaseError as error:
        return Found(holding, subject, using, 0, type(error).__name__)


def _in_order() -> tuple[Holding, ...]:
    global _order  # noqa: PLW0603 - remembered with what it was found from
    declared = holdings()
    if _order is None or _order[0] is not declared:
        _order = declared, tuple(one for _, one in sorted(declared.items()))
    return _order[1]
