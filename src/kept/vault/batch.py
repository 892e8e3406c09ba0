"""What one lease of a scope holds: the rows that wait, keys, people, decisions, opened values.

Rules: keys and people are fetched once for all rows that wait; the gate is asked per category, its
answers kept per set of equal facts, and per key for the rows that share one; what staff open is
recorded before any of it is given; everything ends with the lease; a destroyed key or a subject
that is not active withholds everything, and only that.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary, ref

from kept import gate, ledger
from kept.vault import codec, people
from kept.vault.codec import Values
from kept.vault.errors import NotAuthenticError
from kept.vault.keystore import SubjectKey, keystore
from kept.vault.people import Choices
from kept.vault.rowstate import RowState, state_of
from kept.vault.shape import Shape, shape_of
from kept.vault.stored import raw_of, using_of

SLOT = "kept.vault"
_PRUNE = 20_000
_GONE = gate.RuleHit(0, False, "", "the key is destroyed")

Denied = Mapping[str, gate.Decision]
_NOTHING: Denied = MappingProxyType({})
_left: WeakKeyDictionary[gate.Scope, list[ref[Any]]] = WeakKeyDictionary()
"""Rows that an ended lease had not opened yet, for the scope's next lease."""


class Opened(NamedTuple):
    """What the gate gives of a row, and what it withholds; `gone`: the key is destroyed."""

    values: Values
    denied: Denied = _NOTHING
    gone: gate.Decision | None = None


class Plan(NamedTuple):
    """What holds for all rows of one model, key, collection point and ordinal.

    `key` is None where it is destroyed or the subject is not active; `choices` and `own` are for
    rows whose values each have a category of their own: those are asked about row by row.
    """

    key: SubjectKey | None
    denied: Denied
    choices: Choices | None
    own: bool


_WITHHELD = Plan(None, _NOTHING, None, False)


class Batch:
    """Made for a lease when it is first needed."""

    def __init__(self, scope: gate.Scope, lease: gate.Lease) -> None:
        # Neither the actor nor the gate is looked up here: finding out who is signed in may load
        # a user with an envelope, which comes back to this batch.
        self.scope, self.lease = scope, lease
        self.pending: list[ref[Any]] = _left.pop(scope, [])
        self.fetched: list[ref[Any]] = []
        self.keys: dict[bytes, SubjectKey] = {}
        self.people: dict[tuple[str, bytes], Choices] = {}
        self.plans: dict[Any, Plan] = {}
        self.opened: list[ref[RowState]] = []
        self.settled: set[bytes] = set()
        self.by_choices: dict[Any, Denied] = {}
        self.looked_up = 0
        self.recorded: set[tuple[bytes, str]] = set()
        self.prune_at = self.opened_prune_at = _PRUNE

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
        self.pending.append(ref(row))
        if len(self.pending) >= self.prune_at:
            self.pending = [known for known in self.pending if known() is not None]
            self.prune_at = max(_PRUNE, 2 * len(self.pending))

    def give(self, row: Any, state: RowState) -> None:
        """Open `row` into its `state`. Raises `NotAuthenticError`."""
        raw = raw_of(row)
        if raw and codec.key_id(raw, row) not in self.settled:
            self.fetch(row)
            if state.lease is self.lease:  # given with the others
                return
        opened = self.open(row, raw)
        if opened.values and self.staff:
            self.record([(row, opened.values)])
        self._keep(row, state, opened)

    def _keep(self, row: Any, state: RowState, opened: Opened) -> None:
        """Let `state` have what was opened, in Python's form, until the lease ends."""
        values, shape = opened.values, row._kept_shape
        if shape.readers:
            for name, read in shape.readers:
                if name in values:
                    values[name] = read(values[name])
        if state.lease is not None:
            state.forget()
        scope, lease = self.scope, self.lease
        state.values, state.denied, state.gone = values, opened.denied, opened.gone
        state.lease = lease
        if not (scope.leased or state.dirty or state.inserted):
            state.ready_in = scope
        self.opened.append(ref(state))
        if len(self.opened) >= self.opened_prune_at:
            self.opened = [known for known in self.opened if known() is not None]
            self.opened_prune_at = max(_PRUNE, 2 * len(self.opened))
        lease.rows += 1

    def fetch(self, row: Any) -> None:
        """Fetch what `row` and the rows that wait need: one query for keys, one for people.

        A row among them that is damaged is left to its own opening.
        """
        waiting = [
            (one, raw, raw[1:17])
            for one in (row, *self._take(row))
            if codec.is_envelope(raw := raw_of(one))
        ]
        self._fetch_keys([(using_of(one), id) for one, _, id in waiting])
        if self.staff:
            opened = [(one, self._try(one, raw)) for one, raw, _ in waiting]
            self.record((one, found.values) for one, found in opened if found and found.values)
            if not self.scope.leased:  # whose lease counts the rows that were asked for
                for one, found in opened:
                    if found is not None and (state := state_of(one)).lease is not self.lease:
                        self._keep(one, state, found)

    def _fetch_keys(self, wanted: list[tuple[str, bytes]]) -> None:
        missing = {id: None for _, id in wanted if id not in self.settled}
        self.keys.update(keystore().keys.fetch(list(missing)))
        subjects: dict[str, dict[bytes, None]] = {}
        for using, id in wanted:
            key = self.keys.get(id)
            if key is not None and (using, key.owner) not in self.people:
                subjects.setdefault(using, {})[key.owner] = None
        for using, owners in subjects.items():
            for owner, choices in people.read(list(owners), using).items():
                self.people[using, owner] = choices
        self.settled.update(missing)

    def _try(self, row: Any, raw: bytes) -> Opened | None:
        try:
            return self.open(row, raw)
        except NotAuthenticError:
            return None  # told when that row itself is opened

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

    def open(self, row: Any, raw: bytes) -> Opened:
        """What the gate gives of `row`. Raises `NotAuthenticError`."""
        if not raw:
            return Opened({})
        shape, id = row._kept_shape, raw[1:17]
        point = shape.collect or shape.point(row)
        same = (id, shape, point, row.collected, row._state.db)
        plan = self.plans.get(same)
        if plan is None:
            plan = self.plans[same] = self._plan(row, shape, point, id)
        key = plan.key
        if key is None:
            return Opened({}, gone=_gone(self.scope))
        values = codec.open(raw, key, shape.place(row))
        denied = plan.denied
        if plan.choices is not None:
            categories = {name: pair[0] for name, pair in values.items()}
            denied = self._denied(
                tuple(categories.items()), point, row.collected, plan.choices, own=plan.own
            )
        if denied:
            values = {name: value for name, value in values.items() if name not in denied}
        return Opened(values, denied)

    def _plan(self, row: Any, shape: Shape, point: str | None, id: bytes) -> Plan:
        key, using = self.keys.get(id), using_of(row)
        choices = self.people.get((using, key.owner)) if key is not None else None
        if key is None or choices is None:
            return _WITHHELD
        own = not self.nobody and self.scope.owns(row.subject_id)
        if shape.open_fields:
            return Plan(key, _NOTHING, choices, own)
        categories = tuple(shape.categories.items())
        denied = self._denied(categories, point, row.collected, choices, own=own)
        return Plan(key, denied, None, own)

    def _denied(
        self,
        categories: tuple[tuple[str, str], ...],
        point: str | None,
        collected: int | None,
        choices: Choices,
        *,
        own: bool,
    ) -> Denied:
        """The names whose category the gate withholds, each with its decision."""
        same = (categories, point, collected, choices, own)
        known = self.by_choices.get(same)
        if known is None:
            facts = people.facts(choices, collected, own=own)
            made = {name: self._decide(one, point, facts) for name, one in categories}
            known = {name: decision for name, decision in made.items() if not decision.allowed}
            self.by_choices[same] = known
        return known

    def _decide(self, category: str, point: str | None, facts: gate.Facts) -> gate.Decision:
        """The gate's answer for one category."""
        scope = self.scope
        operation = gate.SHARE if scope.recipient is not None else gate.USE
        return self.rules.decide(
            gate.Request(operation, category, scope.purpose, point, scope.recipient), facts
        )

    def ask_about(  # noqa: PLR0917 - the columns of one file
        self, id: bytes, subject: UUID, category: str, point: str, collected: int, using: str
    ) -> tuple[SubjectKey | None, gate.Decision]:
        """The key and the gate's answer for something sealed outside of rows."""
        self._fetch_keys([(using, id)])
        key = self.keys.get(id)
        if key is None or key.subject != subject:
            return None, _gone(self.scope)
        known = self.people.get((using, key.owner))
        if known is None:
            return None, _gone(self.scope)
        facts = people.facts(known, collected, own=self.scope.owns(subject))
        return key, self._decide(category, point, facts)

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


def batch_of(scope: gate.Scope) -> Batch:
    """The batch of the scope's present lease."""
    lease = scope.lease
    batch: Batch | None = lease.slot.get(SLOT)
    if batch is None:
        batch = lease.slot[SLOT] = Batch(scope, lease)
        lease.on_close(batch.close)
    return batch


def categories_of(shape: Shape, values: Values) -> Mapping[str, str]:
    """Name -> category: of the schema, or of the values where each carries its own."""
    if shape.open_fields:
        return {name: pair[0] for name, pair in values.items()}
    return shape.categories


def _gone(scope: gate.Scope) -> gate.Decision:
    asked = gate.Request(gate.USE, "*", scope.purpose)
    return gate.Decision(False, (_GONE,), ("the key",), asked)
