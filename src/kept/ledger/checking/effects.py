"""Reconciliation: rows that should have an event, and events whose rows should still be there.

A keeper registers its models once; its events name the row by `row`. Rules: a row without an event
was written around its flow, or its event was removed; a row that says otherwise than its events was
edited; rows that are gone are explained by `Removed` events, by as many as the `Expired` events of
their collection point count for registered models, and by as many as a restored older copy lost.
The events of an erased subject do not open and are not missed; rows that outlive the subject are
not asked for any.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kept._kit.errors import KeptError
from kept.ledger import events
from kept.ledger.errors import EVENT, FLOW

Kind = type[events.Event]
Rows = Callable[[], QuerySet[Any]]
Says = Callable[[Any], int]


def _once(_: Any) -> int:
    return 1


@dataclass(frozen=True, slots=True)
class Effect:
    """Rows of a model, and what events make of them."""

    name: str
    kinds: tuple[Kind, ...]
    rows: Rows
    """Those that are asked for events: of active subjects."""
    subject: str
    """Field path from a row to its subject's id."""
    where: Q
    """The rows that the events have made; empty: those that exist."""
    says: Says
    """What an event does to its row: 1 makes it so, -1 undoes that, 0 is about something else."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Field of the event -> field path of the row that says the same."""
    point: str = ""
    """Collection point that `Expired` counts the rows under, where the events name none."""

    @property
    def slug(self) -> str:
        """The name as an event can hold it."""
        return self.name.replace(" ", "-")

    @property
    def of_state(self) -> bool:
        """Whether it is about a state of rows, not about their being there."""
        return bool(self.where)


_registry: dict[str, Effect] = {}


def effect(
    name: str,
    kinds: Kind | tuple[Kind, ...],
    rows: Rows,
    *,
    subject: str = "subject_id",
    where: Q | None = None,
    says: Says = _once,
    facts: Mapping[str, str] | None = None,
    point: str = "",
) -> None:
    """Register, in an app's `ready()`, that each of `rows()` has an event of `kinds` naming it.

    With `where`, the rows are in that state exactly when their events say so, summed up by `says`.
    `facts`: fields of the event that the row repeats. Raises `KeptError` L009 for a name that is
    taken, L001 for a kind without `row`.
    """
    listed = kinds if isinstance(kinds, tuple) else (kinds,)
    for kind in listed:
        if "row" not in kind.__struct_fields__:
            raise KeptError(EVENT, f"`{kind.__name__}` names no row")
    if name in _registry:
        raise KeptError(FLOW, f"`{name}`")
    _registry[name] = Effect(
        name, listed, rows, subject, where or Q(), says, dict(facts or {}), point
    )


def registered() -> tuple[Effect, ...]:
    """Every effect, by name."""
    return tuple(_registry[name] for name in sorted(_registry))


def only_for_testing_forget(name: str) -> None:
    """Take a registered effect back."""
    _registry.pop(name, None)


def exist(ids: set[UUID]) -> set[UUID]:
    """Which of `ids` are rows of any registered model, whatever became of their subject."""
    found: set[UUID] = set()
    models = {one.rows().model for one in _registry.values()}
    for model in models:
        listed = sorted(ids - found)
        for at in range(0, len(listed), _CHUNK):
            some = model._base_manager.filter(pk__in=listed[at : at + _CHUNK])
            found.update(some.values_list("pk", flat=True))
    return found


_CHUNK = 500
