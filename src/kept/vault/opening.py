"""Opening rows inside a purpose scope: keys and people fetched once for all rows that wait.

Rules: nothing opens without a scope; the gate is asked per category of every row, the answer kept
per set of equal facts; what staff open is recorded before any of it is given; keys, people and
opened values end with the scope's lease; a destroyed key or a subject that is not active withholds
everything, and only that.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn
from uuid import UUID
from weakref import WeakKeyDictionary, ref

from django.db import DEFAULT_DB_ALIAS

from kept import gate, ledger
from kept.vault import codec, people
from kept.vault.codec import Values, is_envelope
from kept.vault.errors import PROBING, NotAuthenticError, RefusedError
from kept.vault.keystore import SubjectKey, keystore
from kept.vault.people import Choices
from kept.vault.rowstate import RowState, state_of
from kept.vault.shape import Shape, shape_of

_SLOT = "kept.vault"
_PRUNE = 20_000
MOST_LOOKED_UP = 1_000
"""Identifiers that one scope may look up by value: more is going through a list of addresses."""
_GONE = gate.RuleHit(0, False, "", "the key is destroyed")

Denied = Mapping[str, gate.Decision]
_left: WeakKeyDictionary[gate.Scope, list[ref[Any]]] = WeakKeyDictionary()
"""Rows that an ended lease had not opened yet, for the scope's next lease."""


class Opened(NamedTuple):
    """What the gate gives of a row, and what it withholds; `gone`: the key is destroyed."""

    values: Values
    denied: Denied = MappingProxyType({})
    gone: gate.Decision | None = None


class Batch:
    """What one lease holds: the rows that wait to be opened, and what was fetched for them."""

    def __init__(self, scope: gate.Scope, lease: gate.Lease) -> None:
        # Neither the actor nor the gate is looked up here: finding out who is signed in may load
        # a user with an envelope, which comes back to this batch.
        self.scope, self.lease = scope, lease
        self.pending: list[ref[Any]] = _left.pop(scope, [])
        self.fetched: list[ref[Any]] = []
        self.keys: dict[bytes, SubjectKey] = {}
        self.people: dict[tuple[str, bytes], Choices] = {}
        self.opened: list[ref[RowState]] = []
        self.settled: set[bytes] = set()
        self.by_choices: dict[Any, Denied] = {}
        self.looked_up = 0
        self.recorded: set[tuple[bytes, str]] = set()

    @cached_property
    def rules(self) -> gate.Gate:
        """The gate in force while this lease lasts."""
        return gate.in_force()

    @cached_property
    def staff(self) -> bool:
        """Whether what is opened has to be recorded."""
        return self.scope.actor.kind == "staff"

    @cached_property
    def nobody(self) -> bool:
        """Whether the actor is no subject, so that nothing can be the actor's own data."""
        return not (self.scope.actor.kind == "subject" or self.scope.actor.subject)

    def close(self) -> None:
        """Drop keys and opened values; nothing outlives the scope."""
        if not self.scope.closed:
            _left[self.scope] = [*self._unopened(), *self.pending]
        for known in self.opened:
            state = known()
            if state is not None:
                state.forget()
        self.__dict__.clear()

    def wait(self, row: Any) -> None:
        """Note a row that was loaded in the scope; it is fetched with the others."""
        if len(self.pending) >= _PRUNE:
            self.pending = [known for known in self.pending if known() is not None]
        self.pending.append(ref(row))

    def fetch(self, row: Any) -> None:
        """Fetch what `row` and the rows that wait need: one query for keys, one for people.

        A row among them that is damaged is left to its own opening.
        """
        waiting = [
            (one, codec.key_id(raw, one))
            for one in (row, *self._take(row))
            if is_envelope(raw := raw_of(one))
        ]
        missing = {id: None for _, id in waiting if id not in self.settled}
        self.keys.update(keystore().keys.fetch(list(missing)))
        subjects: dict[str, dict[bytes, None]] = {}
        for one, id in waiting:
            key = self.keys.get(id)
            if key is not None and (using_of(one), key.owner) not in self.people:
                subjects.setdefault(using_of(one), {})[key.owner] = None
        for using, wanted in subjects.items():
            for owner, choices in people.read(list(wanted), using).items():
                self.people[using, owner] = choices
        self.settled.update(missing)
        if self.staff:
            self.record((one, values) for one, _ in waiting if (values := self._try(one)))

    def _try(self, row: Any) -> Values:
        try:
            return self.open(row).values
        except NotAuthenticError:
            return {}  # told when that row itself is opened

    def _take(self, row: Any) -> list[Any]:
        """The rows that wait, as many as the lease may open."""
        alive = [other for known in self.pending if (other := known()) is not None]
        most = gate.MAX_ROWS if self.scope.leased else len(alive)
        waiting = [other for other in islice(alive, most) if other is not row]
        self.pending = [ref(other) for other in alive[most:]]
        if self.scope.leased:
            self.fetched += [ref(other) for other in waiting]
        return waiting

    def _unopened(self) -> list[ref[Any]]:
        found = []
        for known in self.fetched:
            row = known()
            if row is not None and state_of(row).lease is not self.lease:
                found.append(known)
        return found

    def denied(
        self, shape: Shape, row: Any, choices: Choices, categories: Mapping[str, str]
    ) -> Denied:
        """The names in `categories` whose category the gate withholds, each with its decision."""
        own = not self.nobody and self.scope.owns(row.subject_id)
        point, collected = shape.point(row), row.collected
        names = tuple(categories.items()) if shape.open_fields else shape
        same = (names, point, collected, choices, own)
        known = self.by_choices.get(same)
        if known is None:
            facts = people.facts(choices, collected, own=own)
            made = {name: self.decide(one, point, facts) for name, one in categories.items()}
            known = {name: decision for name, decision in made.items() if not decision.allowed}
            self.by_choices[same] = known
        return known

    def decide(self, category: str, point: str | None, facts: gate.Facts) -> gate.Decision:
        """The gate's answer for one category."""
        scope = self.scope
        operation = gate.SHARE if scope.recipient is not None else gate.USE
        return self.rules.decide(
            gate.Request(operation, category, scope.purpose, point, scope.recipient), facts
        )

    def open(self, row: Any) -> Opened:
        """What the gate gives of `row`. Raises `NotAuthenticError`."""
        shape, raw = row._kept_shape, raw_of(row)
        if not raw:
            return Opened({})
        id = codec.key_id(raw, row.pk)
        if id not in self.settled:
            self.fetch(row)
        key = self.keys.get(id)
        choices = self.people.get((using_of(row), key.owner)) if key is not None else None
        if key is None or choices is None:
            return Opened({}, gone=_gone(self.scope))
        values = codec.open(raw, key, shape.place(row))
        denied = self.denied(shape, row, choices, categories_of(shape, values))
        if denied:
            values = {name: value for name, value in values.items() if name not in denied}
        return Opened(values, denied)

    def ask_about(  # noqa: PLR0917 - the columns of one file
        self, id: bytes, subject: UUID, category: str, point: str, collected: int, using: str
    ) -> tuple[SubjectKey | None, gate.Decision]:
        """The key and the gate's answer for something sealed outside of rows."""
        if id not in self.settled:
            self.keys.update(keystore().keys.fetch([id]))
            self.settled.add(id)
        key = self.keys.get(id)
        if key is None or key.subject != subject:
            return None, _gone(self.scope)
        if (using, key.owner) not in self.people:
            for owner, choices in people.read([key.owner], using).items():
                self.people[using, owner] = choices
        known = self.people.get((using, key.owner))
        if known is None:
            return None, _gone(self.scope)
        facts = people.facts(known, collected, own=self.scope.owns(subject))
        return key, self.decide(category, point, facts)

    def record(self, rows: Iterable[tuple[Any, Values]]) -> None:
        """Record what staff are about to see, once per subject and category, in one commit."""
        seen: dict[bytes, set[str]] = {}
        for row, values in rows:
            categories = categories_of(shape_of(row), values)
            shown = {categories[name] for name in values if values[name] not in ("", None)}
            if shown:
                seen.setdefault(shape_of(row).place(row).subject.bytes, set()).update(shown)
        actor = self.scope.actor
        events = [
            (
                ledger.Opened(
                    purpose=self.scope.purpose, actor=actor.kind, by=actor.id or None,
                    categories=tuple(sorted(new)),
                ),
                owner,
            )
            for owner, categories in seen.items()
            if (new := {one for one in categories if (owner, one) not in self.recorded})
        ]  # fmt: skip
        if events:
            ledger.record_now_many((event, UUID(bytes=owner)) for event, owner in events)
            self.recorded.update(
                (owner, one) for event, owner in events for one in event.categories
            )


def count_lookup(scope: gate.Scope, values: int, place: str) -> None:
    """Count identifiers looked up in `scope`. Raises `RefusedError` V022 past the limit."""
    batch = batch_of(scope)
    batch.looked_up += values
    if batch.looked_up > MOST_LOOKED_UP:
        raise RefusedError(PROBING, f"more than {MOST_LOOKED_UP} in one scope", place=place)


def batch_of(scope: gate.Scope) -> Batch:
    """The batch of the scope's present lease."""
    lease = scope.lease
    batch: Batch | None = lease.slot.get(_SLOT)
    if batch is None:
        batch = lease.slot[_SLOT] = Batch(scope, lease)
        lease.on_close(batch.close)
    return batch


def opened(row: Any, scope: gate.Scope) -> RowState:
    """The state of `row` with what the gate gives in `scope`."""
    state, lease = state_of(row), scope.lease
    if state.lease is lease:
        return state
    batch = batch_of(scope)
    values, denied, gone = batch.open(row)
    shape = shape_of(row)
    if values and batch.staff:
        batch.record([(row, values)])
    if not shape.open_fields:
        for name, read in shape.readers:
            if name in values:
                values[name] = read(values[name])
    if state.lease is not None:
        state.forget()
    state.values, state.denied, state.gone = values, denied, gone
    state.scope, state.lease = scope, lease
    batch.opened.append(ref(state))
    lease.rows += 1
    return state


def categories_of(shape: Shape, values: Values) -> Mapping[str, str]:
    """Name -> category: of the schema, or of the values where each carries its own."""
    if shape.open_fields:
        return {name: pair[0] for name, pair in values.items()}
    return shape.categories


def withhold(category: str, decision: gate.Decision | None, place: str) -> NoReturn:
    """Raise the `gate.SealedError` of a value that is not given."""
    str(gate.Sealed(category, decision, place))
    raise AssertionError("a sealed value was printed")


def prepare(rows: Iterable[Any]) -> None:
    """Fetch keys and people for `rows` now, in the current scope (for rows loaded outside it)."""
    scope, listed = gate.current(), list(rows)
    if scope is None or not listed:
        return
    batch = batch_of(scope)
    for row in listed:
        batch.wait(row)
    batch.fetch(listed[0])


def raw_of(row: Any) -> bytes:
    """The stored envelope of `row`, loaded with what it is bound to where it was deferred."""
    shape = shape_of(row)
    known = row.__dict__
    if shape.envelope not in known or "revision" not in known:
        if row._state.adding:
            return b""
        load(row, shape)
    raw: bytes = known[shape.envelope]
    return raw


def load(row: Any, shape: Shape) -> None:
    """Load the envelope and what it is bound to, together, leaving unsaved values alone."""
    names = (shape.envelope, "revision", "subject_id", "collected")
    found = shape.model._base_manager.using(using_of(row)).filter(pk=row.pk).values_list(*names)
    row.__dict__.update(zip(names, found.get(), strict=True))
    row.__dict__[shape.envelope] = bytes(row.__dict__[shape.envelope])


def using_of(row: Any) -> str:
    """The database that `row` came from."""
    return row._state.db or DEFAULT_DB_ALIAS


def _gone(scope: gate.Scope) -> gate.Decision:
    asked = gate.Request(gate.USE, "*", scope.purpose)
    return gate.Decision(False, (_GONE,), ("the key",), asked)
