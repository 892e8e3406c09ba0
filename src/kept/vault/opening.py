"""Opening rows inside a purpose scope.

Rules: nothing opens without a scope; how many identifiers one scope may look up by value is
limited; what is withheld is told by an error that names the category and nothing more.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from kept import gate
from kept.vault.batch import SLOT, batch_of
from kept.vault.errors import PROBING, RefusedError
from kept.vault.rowstate import ATTRIBUTE, RowState

MOST_LOOKED_UP = 1_000
"""Identifiers that one scope may look up by value: more is going through a list of addresses."""


def opened(row: Any, scope: gate.Scope) -> RowState:
    """The state of `row` with what the gate gives in `scope`."""
    state: RowState | None = row.__dict__.get(ATTRIBUTE)
    if state is None:
        state = row.__dict__[ATTRIBUTE] = RowState()
    lease = scope.lease
    if not state.opened_in(lease):
        batch = lease.slot.get(SLOT) or batch_of(scope)
        batch.give(row, state)
    return state


def at_hand(row: Any) -> Mapping[str, Any]:
    """What the current scope gives of a stored row's sealed values, by name; all opened at once.

    To be read now and not kept. What is not in it is asked for by its attribute: it is withheld,
    set and not saved yet, or its field's default.
    """
    scope, state = gate.current(), row.__dict__.get(ATTRIBUTE)
    if scope is None or row._state.adding or (state is not None and state.dirty):
        return {}
    return opened(row, scope).values


def prepare(rows: Iterable[Any]) -> None:
    """Fetch keys and people for `rows` now, in the current scope (for rows loaded outside it)."""
    scope, listed = gate.current(), list(rows)
    if scope is None or not listed:
        return
    batch = batch_of(scope)
    for row in listed:
        batch.wait(row)
    batch.prepare()


def count_lookup(scope: gate.Scope, values: int, place: str) -> None:
    """Count identifiers looked up in `scope`. Raises `RefusedError` V022 past the limit."""
    batch = batch_of(scope)
    batch.looked_up += values
    if batch.looked_up > MOST_LOOKED_UP:
        raise RefusedError(PROBING, f"more than {MOST_LOOKED_UP} in one scope", place=place)


def withhold(category: str, decision: gate.Decision | None, place: str) -> NoReturn:
    """Raise the `gate.SealedError` of a value that is not given."""
    str(gate.Sealed(category, decision, place))
    raise AssertionError("a sealed value was printed")
