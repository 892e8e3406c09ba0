"""What one instance knows of its sealed values, besides the envelope itself.

Rules: values set by code and not yet saved (`dirty`) can be read back by whoever has the instance;
opened values belong to one lease of a purpose scope and are dropped when it ends, on copying and on
pickling; unsaved values cannot be pickled.
"""

import copy
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from kept import gate
from kept.vault.codec import Envelope, Values
from kept.vault.errors import REFUSED_PATH, RefusedError

ATTRIBUTE = "_kept"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NEVER = object()
"""No scope: not even "none is entered"."""


class Page(list[Values]):
    """The values of rows that were opened together, for one lease: all go when it ends.

    Each row's state holds its page; the lease knows it weakly, so that it goes with its rows, too.
    """

    __slots__ = ("__weakref__", "lease")

    def __init__(self, lease: gate.Lease) -> None:
        super().__init__()
        self.lease = lease

    def drop(self) -> None:
        """Empty the values where they are, whoever holds them."""
        for values in self:
            values.clear()
        self.clear()


class RowState:
    """Lives in the instance's `__dict__` as `_kept`. What is seldom set has its default here.

    So a row that is only read, one of a thousand of a page, has nothing made for it but this.
    """

    dirty: Mapping[str, Any] = _NOTHING
    """Set by code since the last save; `put` writes it."""
    handed: Mapping[str, gate.Sealed] = _NOTHING
    """The sealed values given out, by name."""
    inserted: Envelope | None = None
    """Sealed for an INSERT that has not been seen to succeed yet."""
    using: str | None = None
    """The database of the save that is under way."""
    ready_in: object = _NEVER
    """The scope in which `values` may be given as they are, nothing else to be looked at."""
    page: Page | None = None
    """What it was opened with."""
    values: Mapping[str, Any] = _NOTHING
    denied: Mapping[str, gate.Decision] = _NOTHING
    gone: gate.Decision | None = None
    """Set where the key is destroyed: everything is withheld."""
    changeable: Mapping[str, bytes] = _NOTHING
    """Opened values that can change in place (lists, dicts), as they were stored."""

    def put(self, values: Mapping[str, Any]) -> None:
        """Note values that code sets: the very ones, as they may change in place until saved."""
        self.dirty = {**self.dirty, **values}

    def saved(self) -> None:
        """What was set is stored; what was opened before is of the row as it was."""
        self.dirty = _NOTHING
        self.forget()

    def opened_in(self, lease: gate.Lease) -> bool:
        """Whether what is here was opened for that lease."""
        return self.page is not None and self.page.lease is lease

    def unready(self) -> None:
        """Have the next reading look at everything again."""
        self.ready_in = _NEVER

    def forget(self) -> None:
        """Drop what was opened."""
        self.ready_in = _NEVER
        self.page = self.gone = None
        self.values = self.denied = self.changeable = _NOTHING

    def __copy__(self) -> "RowState":
        made = RowState()
        made.dirty = dict(self.dirty)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> "RowState":
        made = RowState()
        made.dirty = copy.deepcopy(dict(self.dirty), memo)
        return made

    def __reduce_ex__(self, protocol: object) -> Any:
        if self.dirty and self.inserted is None:
            self._refuse()
        return RowState, ()

    def _refuse(self) -> NoReturn:
        names = ", ".join(f"`{name}`" for name in sorted(self.dirty))
        raise RefusedError(
            REFUSED_PATH,
            f"unsaved sealed values ({names}) cannot be pickled",
            do="save the row first",
        )


def state_of(row: Any) -> RowState:
    """The state of `row`, made where there is none yet."""
    state: RowState | None = row.__dict__.get(ATTRIBUTE)
    if state is None:
        state = row.__dict__[ATTRIBUTE] = RowState()
    return state


def settle(row: Any, state: RowState, envelope: str) -> None:
    """After an INSERT that succeeded, unsaved values are saved ones."""
    if state.inserted is not None and not row._state.adding:
        row.__dict__[envelope] = state.inserted
        state.inserted = None
        state.saved()
