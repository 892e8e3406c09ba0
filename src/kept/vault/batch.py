"""What one lease of a scope holds: the rows that wait, keys, people, decisions, opened values.

Rules: keys and people are fetched once for all rows that wait; the gate is asked per category, its
answers kept per set of equal facts; what staff open is recorded before any of it is given;
everything ends with the lease; a destroyed key or a subject that is not active withholds
everything, and only that.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary, ref

from django.db import DEFAULT_DB_ALIAS

from kept import gate, ledger
from kept.vault import codec, people
from kept.vault.codec import Values
from kept.vault.errors import NotAuthenticError
from kept.vault.keystore import SubjectKey, keystore
from kept.vault.people import Choices
from kept.vault.rowstate import ATTRIBUTE, Page, RowState, state_of
from kept.vault.shape import Shape, shape_of
from kept.vault.stored import load, raw_of

SLOT = "kept.vault"
_PRUNE = 20_000
_PAGE = 100
_GONE = gate.RuleHit(0, False, "", "the key is destroyed")

Denied = Mapping[str, gate.Decision]
_NOTHING: Denied = MappingProxyType({})
_left: WeakKeyDictionary[gate.Scope, list[ref[Any]]] = WeakKeyDictionary()
"""Rows that an ended lease had not opened yet, for the scope's next lease."""


Opened = tuple[Any, Values, Denied, gate.Decision | None]
"""A row, what the gate gives of it, what it withholds, and why where the key is destroyed."""


class Kind:
    """What holds for all rows of one model, collection point and database."""

    __slots__ = ("answers", "by_categories", "open", "people", "point", "shape", "using")

    def __init__(
        self, shape: Shape, point: str | None, using: str, people: Mapping[bytes, Choices]
    ) -> None:
        self.shape, self.point, self.using, self.people = shape, point, using, people
        self.open = codec.Opener(shape.table).open
        self.answers: dict[Any, Denied] = {}
        """What the gate withholds, by equal facts; empty where each value has its own category."""
        self.by_categories: dict[Any, Denied] = {}


class Batch:
    """Made for a lease when it is first needed."""

    def __init__(self, scope: gate.Scope, lease: gate.Lease) -> None:
        # Neither the actor nor the gate is looked up here: finding out who is signed in may load
        # a user with an envelope, which comes back to this batch.
        self.scope, self.lease = scope, lease
        self.pending: list[ref[Any]] = _left.pop(scope, [])
        self.fetched: list[ref[Any]] = []
        self.keys: dict[bytes, SubjectKey] = {}
        self.people: dict[str, dict[bytes, Choices]] = {}
        self.kinds: dict[tuple[Shape, str | None, str | None], Kind] = {}
        self.opened: list[ref[Page]] = []
        self.settled: dict[str, set[bytes]] = {}
        """Ids of keys that were asked for, by the database of the rows they seal."""
        self.looked_up = 0
        self.recorded: set[tuple[bytes, str]] = set()
        self.prune_at = _PRUNE
        self.leased = scope.leased
        self.ahead: deque[ref[Any]] = deque()

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
            page = known()
            if page is not None:
                page.drop()
        self.__dict__.clear()

    def wait(self, row: Any) -> None:
        """Note a row that was loaded in the scope; it is fetched with the others."""
        self.wait_all([row])

    def wait_all(self, rows: Iterable[Any]) -> None:
        """Note rows that were loaded together."""
        self.pending.extend(map(ref, rows))
        if len(self.pending) >= self.prune_at:
            self.pending = [known for known in self.pending if known() is not None]
            self.opened = [known for known in self.opened if known() is not None]
            self.prune_at = max(_PRUNE, 2 * len(self.pending))

    def give(self, row: Any, state: RowState) -> None:
        """Open `row` into its `state`, and the next page of rows. Raises `NotAuthenticError`.

        Whoever reads one row reads those that were loaded with it. What staff open, and what a
        lease counts, is opened when it is asked for.
        """
        raw = raw_of(row)
        if raw and raw[1:17] not in self.settled.get(row._state.db or DEFAULT_DB_ALIAS, ()):
            self._fetch(row)
        if state.opened_in(self.lease):  # given with others
            return
        if self.staff:
            found = list(self._opened([row], asked=row))
            self._record(found)
            self._keep(found)
        else:
            self._keep(self._opened([row, *self._next_page(row)], asked=row))

    def prepare(self) -> None:
        """Fetch what the rows that wait need now."""
        self._fetch(None)

    def _next_page(self, asked: Any) -> Iterator[Any]:
        ahead, lease = self.ahead, self.lease
        for _ in range(min(_PAGE, len(ahead))):
            row = ahead.popleft()()
            if row is not None and row is not asked:
                state: RowState | None = row.__dict__.get(ATTRIBUTE)
                if state is None or not state.opened_in(lease):
                    yield row

    def _keep(self, found: Iterable[Opened]) -> None:
        """Let rows have what was opened until the lease ends."""
        page, scope, leased = Page(self.lease), self.scope, self.leased
        for row, values, denied, gone in found:
            known = row.__dict__
            if ATTRIBUTE in known:
                state: RowState = known[ATTRIBUTE]
                if state.page is not None:
                    state.forget()
            else:
                state = known[ATTRIBUTE] = RowState()
            state.values, state.page = values, page
            if denied:
                state.denied = denied
            if gone is not None:
                state.gone = gone
            if not (leased or state.dirty or state.inserted):
                state.ready_in = scope
            page.append(values)
        self.lease.rows += len(page)
        self.opened.append(ref(page))

    def _fetch(self, row: Any) -> None:
        """Fetch what `row` and the rows that wait need: one query for keys, one for people."""
        waiting = self._take(row)
        wanted: dict[str, set[bytes]] = {}
        last, add = None, set[bytes]().add
        for one in waiting:
            raw = one.__dict__.get(one._kept_shape.envelope) or raw_of(one)
            using = one._state.db or DEFAULT_DB_ALIAS
            if using is not last:
                last, add = using, wanted.setdefault(using, set()).add
            add(raw[1:17])
        self._fetch_keys(wanted)
        if self.staff:
            found = list(self._opened(waiting))
            self._record(found)
            if not self.leased:  # whose lease counts the rows that were asked for
                self._keep(found)

    def _take(self, row: Any) -> list[Any]:
        """`row` and the rows that wait, as many as the lease may open."""
        alive = [other for known in self.pending if (other := known()) is not None]
        if self.leased:
            self.pending = [ref(other) for other in alive[gate.MAX_ROWS :]]
            alive = [other for other in alive[: gate.MAX_ROWS] if other is not row]
            self.fetched += map(ref, alive)
        else:
            if not self.staff:
                self.ahead.extend(self.pending)
            self.pending = []
        return alive if row is None else [row, *alive]

    def _fetch_keys(self, wanted: Mapping[str, set[bytes]]) -> None:
        """Fetch keys (by database of the rows they seal) and the people they belong to."""
        missing = set[bytes]().union(*wanted.values()).difference({b""}, *self.settled.values())
        self.keys.update(keystore().keys.fetch(missing))
        for using, ids in wanted.items():
            known = self.people.setdefault(using, {})
            owners = {self.keys[id].owner for id in ids & self.keys.keys()} - known.keys()
            known.update(people.read(list(owners), using))
            self.settled.setdefault(using, set()).update(ids)

    def _unopened(self) -> list[ref[Any]]:
        found = []
        for known in self.fetched:
            row = known()
            if row is not None and not state_of(row).opened_in(self.lease):
                found.append(known)
        return found

    def _opened(  # noqa: C901, PLR0912 - one loop: every row of every page goes through it
        self, rows: Iterable[Any], asked: Any = None
    ) -> Iterator[Opened]:
        """What the gate gives of each of `rows`, in Python's form.

        One that is damaged is left to its own opening: of the row that is `asked` for, it is told
        (`NotAuthenticError`).
        """
        kind, shape, using, keys, nobody = None, None, "", self.keys, self.nobody
        for row in rows:
            try:
                known = row.__dict__
                if kind is None or row._kept_shape is not shape or row._state.db is not using:
                    shape, using = row._kept_shape, row._state.db
                    kind = self._kind(row)
                elif shape.collect is None:
                    kind = self._kind(row)
                raw = known.get(shape.envelope) if "revision" in known else raw_of(row)
                if not raw:
                    yield row, {}, _NOTHING, None
                    continue
                if not ("collected" in known and "subject_id" in known and shape.pk in known):
                    load(row, shape)  # below they are looked at where they are: a tenth of the cost
                key = keys.get(raw[1:17])
                choices = kind.people.get(key.owner) if key is not None else None
                if key is None or choices is None:
                    key, choices = self._person(row, raw, kind)
                if key is None or choices is None:
                    yield row, {}, _NOTHING, _gone(self.scope)
                    continue
                subject = known["subject_id"]
                if type(subject) is not UUID:
                    subject = UUID(str(subject))
                values = kind.open(raw, key, known[shape.pk], subject, known["revision"])
            except NotAuthenticError:
                if row is asked:
                    raise
                continue
            same = (known["collected"], choices, not nobody and self.scope.owns(subject))
            denied = kind.answers.get(same)
            if denied is None:
                denied = self._denied(kind, values, same)
            if denied:
                values = {name: value for name, value in values.items() if name not in denied}
            for name, read in shape.readers:
                if name in values:
                    values[name] = read(values[name])
            yield row, values, denied, None

    def _kind(self, row: Any) -> Kind:
        shape, using = shape_of(row), row._state.db
        same = (shape, shape.point(row), using)
        kind = self.kinds.get(same)
        if kind is None:
            where = using or DEFAULT_DB_ALIAS
            known = self.people.setdefault(where, {})
            kind = self.kinds[same] = Kind(shape, same[1], where, known)
        return kind

    def _person(self, row: Any, raw: bytes, kind: Kind) -> tuple[SubjectKey | None, Choices | None]:
        """Key and choices of a row where they are not at hand; None where they are not there.

        The key is destroyed or nobody is active; or the row was loaded again meanwhile, under
        another key.
        """
        id = codec.key_id(raw, row)  # raises where these bytes are no envelope
        if id not in self.settled.get(kind.using, ()):
            self._fetch_keys({kind.using: {id}})
        key = self.keys.get(id)
        return key, None if key is None else kind.people.get(key.owner)

    def _denied(self, kind: Kind, values: Values, same: tuple[int | None, Choices, bool]) -> Denied:
        """The names that the gate withholds, each with its decision."""
        collected, choices, own = same
        alike: tuple[Any, ...] = same
        categories, answers = kind.shape.categories, kind.answers
        if kind.shape.open_fields:
            categories = {name: pair[0] for name, pair in values.items()}
            answers, alike = kind.by_categories, (tuple(categories.items()), *same)
        known = answers.get(alike)
        if known is None:
            facts = people.facts(choices, collected, own=own)
            made = {name: self._decide(one, kind.point, facts) for name, one in categories.items()}
            known = {name: decision for name, decision in made.items() if not decision.allowed}
            answers[alike] = known
        return known

    def _decide(self, category: str, point: str | None, facts: gate.Facts) -> gate.Decision:
        """The gate's answer for one category."""
        scope = self.scope
        if scope.recipient is not None and scope.terms is not None:
            asked = gate.Request(gate.SHARE, category, scope.purpose, point, scope.recipient)
            return self.rules.decide_giving(asked, facts, scope.terms)
        operation = gate.SHARE if scope.recipient is not None else gate.USE
        return self.rules.decide(
            gate.Request(operation, category, scope.purpose, point, scope.recipient), facts
        )

    def ask_about(  # noqa: PLR0917 - the columns of one file
        self, id: bytes, subject: UUID, category: str, point: str, collected: int, using: str
    ) -> tuple[SubjectKey | None, gate.Decision]:
        """The key and the gate's answer for something sealed outside of rows."""
        self._fetch_keys({using: {id}})
        key = self.keys.get(id)
        if key is None or key.subject != subject:
            return None, _gone(self.scope)
        known = self.people[using].get(key.owner)
        if known is None:
            return None, _gone(self.scope)
        facts = people.facts(known, collected, own=self.scope.owns(subject))
        return key, self._decide(category, point, facts)

    def _record(self, found: Iterable[Opened]) -> None:
        """Record what staff are about to see, once per subject and category, in one commit."""
        seen: dict[bytes, set[str]] = {}
        for row, values, _, _ in found:
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
    try:
        found: Batch = lease.slot[SLOT]
    except KeyError:
        found = lease.slot[SLOT] = Batch(scope, lease)
        lease.on_close(found.close)
    return found


def categories_of(shape: Shape, values: Values) -> Mapping[str, str]:
    """Name -> category: of the schema, or of the values where each carries its own."""
    if shape.open_fields:
        return {name: pair[0] for name, pair in values.items()}
    return shape.categories


def _gone(scope: gate.Scope) -> gate.Decision:
    asked = gate.Request(gate.USE, "*", scope.purpose)
    return gate.Decision(False, (_GONE,), ("the key",), asked)
