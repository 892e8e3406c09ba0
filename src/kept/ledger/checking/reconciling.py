"""Rows and events held against each other: all of them, or at a start a sample of the rows.

Rules: as `effects` says. A sample only says what a row alone proves: that no event names it or that
it was edited; what is gone is found by the whole check, which runs every night. The site serves
meanwhile: rows are read before events, and a row is asked again before anything is said about it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from kept._kit.ids import new_id
from kept.ledger import events
from kept.ledger.checking import contents, effects
from kept.ledger.checking.effects import Effect
from kept.ledger.checking.findings import Report
from kept.ledger.entries import Entry, Macs
from kept.ledger.errors import EDITED_OUTBOX, EDITED_ROW, GONE, UNRECORDED
from kept.ledger.store import Store, recorded

SAMPLE = 200
"""Rows of each effect that are looked at in a sample."""
_CHUNK = 500


class _Row:
    """One row, and what its events came to so far."""

    __slots__ = ("facts", "holds", "matched", "sum")

    def __init__(self, facts: tuple[Any, ...], *, holds: bool) -> None:
        self.facts, self.holds, self.sum, self.matched = facts, holds, 0, False


class _Named(NamedTuple):
    """A row that an event names and no effect knows."""

    row: UUID
    point: str


class Reconciliation:
    """Takes events, in any order, and judges at the end."""

    def __init__(self, rows: dict[str, dict[UUID, _Row]]) -> None:
        self._rows = rows
        self._effects = effects.registered()
        self._models = {one.rows().model._meta.label for one in self._effects}
        self._by_kind: dict[type[Any], list[Effect]] = {}
        for one in self._effects:
            for kind in one.kinds:
                self._by_kind.setdefault(kind, []).append(one)
        self._unknown: set[_Named] = set()
        self._removed: set[UUID] = set()
        self._expired: Counter[str] = Counter()
        self._lost = 0
        self._refused = 0

    def take(self, event: Any) -> None:
        """Note what an event says."""
        if isinstance(event, events.Expired):
            if event.model is None or event.model in self._models:
                self._expired[event.point] += event.rows
        elif isinstance(event, events.RestoredFrom):
            self._lost += event.events
        elif isinstance(event, events.Refused) and event.place != "head":
            self._refused += event.entries
        row = getattr(event, "row", None)
        if row is None:
            return
        if isinstance(event, events.Removed):
            self._removed.add(row)
        if isinstance(event, events.Found):
            self._found(event.effect, row)
        for one in self._by_kind.get(type(event), ()):
            if said := one.says(event):
                self._count(one, event, row, said)

    def _found(self, effect: str, row: UUID) -> None:
        """A new log began with the row as it was; what it repeats of its event is not asked."""
        for one in self._effects:
            known = self._rows[one.name].get(row) if one.slug == effect else None
            if known is not None:
                known.sum, known.matched = known.sum + 1, True

    def alone(self, one: Effect) -> list[UUID]:
        """The rows of an effect that are there, or in its state, and no event says so."""
        rows = self._rows[one.name].items()
        return _still(one, (id for id, row in rows if row.holds and row.sum <= 0), holds=True)

    def _count(self, one: Effect, event: Any, row: UUID, said: int) -> None:
        known = self._rows[one.name].get(row)
        if known is None:
            self._unknown.add(_Named(row, getattr(event, "point", None) or one.point))
            return
        known.sum += said
        known.matched = known.matched or all(
            _same(getattr(event, name), fact)
            for name, fact in zip(one.facts, known.facts, strict=True)
        )

    def judge(self, report: Report) -> None:
        """Say what was found of the rows themselves."""
        for one in self._effects:
            rows = self._rows[one.name]
            report.saw("effects", len(rows))
            if alone := self.alone(one):
                code = EDITED_ROW if one.of_state else UNRECORDED
                report.found(
                    code, f"`{len(alone)}` of {one.name}, and no event says so{_some(alone)}"
                )
            other = [
                id for id, row in rows.items() if row.holds and row.sum > 0 and not row.matched
            ]
            if other:
                fields = "`, `".join(one.facts)
                report.found(
                    EDITED_ROW,
                    f"`{len(other)}` of {one.name} have another `{fields}`{_some(other)}",
                )

    def judge_undone(self, report: Report) -> None:
        """Rows that are no longer what their events made them, unless an older copy came back."""
        for one in self._effects:
            rows = self._rows[one.name].items()
            undone = (id for id, row in rows if not row.holds and row.sum > 0)
            ids = _still(one, undone, holds=False)
            explained = min(len(ids), self._lost)
            self._lost -= explained
            if len(ids) > explained:
                report.found(
                    EDITED_ROW,
                    f"`{len(ids)}` are not of {one.name}, though their events say so{_some(ids)}",
                )

    def judge_refused(self, store: Store, report: Report) -> None:
        """What the log says was set aside still stands aside."""
        row = store.row("SELECT count(*) FROM refused")
        gone = self._refused - (int(row[0]) if row else 0)
        if gone > 0:
            report.found(EDITED_OUTBOX, f"`{gone}` entries that were set aside are gone from there")

    def judge_gone(self, report: Report) -> None:
        """Say which rows are gone that should be there."""
        candidates = {one.row for one in self._unknown} - self._removed
        gone = candidates - effects.exist(candidates)
        points = {one.row: one.point for one in self._unknown if one.row in gone}
        missing = Counter(points.values())
        unexplained = sum((missing - self._expired).values())
        if unexplained > self._lost:
            report.found(
                GONE,
                f"`{len(gone)}` rows; retention and restores explain"
                f" `{len(gone) - unexplained + self._lost}` of them{_some(gone)}",
            )


def whole(store: Store, macs: Macs, waiting: Callable[[], list[Entry]], report: Report) -> None:
    """Compare every registered effect with every event, those that wait included."""
    if not effects.registered():
        return
    found = compared(store, macs, waiting)
    found.judge(report)
    found.judge_undone(report)
    found.judge_gone(report)
    found.judge_refused(store, report)


def compared(store: Store, macs: Macs, waiting: Callable[[], list[Entry]]) -> Reconciliation:
    """Every row of every effect, with all its events."""
    found = Reconciliation({one.name: _rows(one, one.rows()) for one in effects.registered()})
    queued = waiting()
    marks = {entry.mark for entry in queued}
    for page in (queued, *recorded.walk(store)):
        once = [one for one in page if page is queued or one.mark not in marks]
        for event in contents.events_of([one for one in once if macs.hold(one)]):
            found.take(event)
    return found


def sample(store: Store, macs: Macs, waiting: Callable[[], list[Entry]], report: Report) -> None:
    """Some rows of each effect, from a random place on, against the events about their subjects."""
    rows: dict[str, dict[UUID, _Row]] = {}
    people: dict[UUID, set[bytes]] = {}
    for one in effects.registered():
        chosen = one.rows().filter(pk__in=_from(one, new_id()))
        rows[one.name] = _rows(one, chosen)
        for id, who in chosen.values_list("pk", one.subject):
            people.setdefault(id, set()).add(who.bytes)
    found, merged = Reconciliation(rows), set[bytes]()
    for who, event in _about(store, macs, waiting(), set().union(*people.values())):
        found.take(event)
        if isinstance(event, events.Merged):
            merged.add(who)  # their rows may be named in what is recorded about another subject
    for listed in rows.values():
        for id in [id for id in listed if merged & people.get(id, set())]:
            del listed[id]
    found.judge(report)


def _about(
    store: Store, macs: Macs, waiting: list[Entry], people: set[bytes]
) -> Iterator[tuple[bytes, events.AnyEvent]]:
    once = {one.mark: one for one in waiting if one.subject in people}
    once |= {one.mark: one for one in recorded.about_many(store, sorted(people))}
    for entry, event in contents.told([one for one in once.values() if macs.hold(one)]):
        yield entry.subject or b"", event


def _from(one: Effect, start: UUID) -> list[UUID]:
    rows = one.rows().order_by("pk").values_list("pk", flat=True)
    found = list(rows.filter(pk__gte=start)[:SAMPLE])
    return found + list(rows.filter(pk__lt=start)[: SAMPLE - len(found)])


def _rows(one: Effect, found: Any) -> dict[UUID, _Row]:
    columns = list(one.facts.values())
    rows = {
        id: _Row(tuple(facts), holds=not one.of_state)
        for id, *facts in found.values_list("pk", *columns).iterator()
    }
    if one.of_state:
        for id in found.filter(one.where).values_list("pk", flat=True).iterator():
            if id in rows:
                rows[id].holds = True
    return rows


def _still(one: Effect, ids: Iterable[UUID], *, holds: bool) -> list[UUID]:
    """Which of these rows are there now and in that state: some may have changed meanwhile."""
    found: list[UUID] = []
    listed = sorted(ids)
    for at in range(0, len(listed), _CHUNK):
        rows = one.rows().filter(pk__in=listed[at : at + _CHUNK])
        found += (rows.filter(one.where) if holds else rows.exclude(one.where)).values_list(
            "pk", flat=True
        )
    return sorted(found)


def _same(said: Any, fact: Any) -> bool:
    """Whether an event's field says what the row does; an empty one in the row says nothing."""
    if fact is None:
        return True
    if isinstance(said, tuple):
        return said == (tuple(fact) if isinstance(fact, list) else (fact,))
    return bool(said == fact)


def _some(ids: Iterable[UUID]) -> str:
    return ", such as " + ", ".join(f"`{one}`" for one in sorted(ids)[:3])
