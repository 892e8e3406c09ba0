"""Reconciliation: rows that should have an event, and events whose rows should still be there.

A room registers its model once; its events name the row by `row`. Rules: a row without an event was
written around its flow, or its event was removed; rows that are gone are explained by as many as
the `Expired` events count, and by the events that a restored older copy lost (those of an erased
subject do not open and are not missed).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from kept._kit.errors import KeptError
from kept.ledger import events
from kept.ledger.checking import contents
from kept.ledger.checking.findings import Report
from kept.ledger.entries import Entry, Macs
from kept.ledger.errors import EVENT, FLOW, GONE, UNRECORDED
from kept.ledger.store import Store, recorded

Rows = Callable[[], Iterable[UUID]]


@dataclass(frozen=True, slots=True)
class Effect:
    """Rows of which each has an event of `kind`."""

    name: str
    kind: type[events.Event]
    rows: Rows


_registry: dict[str, Effect] = {}


def effect(name: str, kind: type[events.Event], rows: Rows) -> None:
    """Register that each of `rows()` (ids of a model's rows) has an event of `kind` naming it.

    Raises `KeptError` L009 for a name that is taken, L001 for a kind without `row`.
    """
    if "row" not in kind.__struct_fields__:
        raise KeptError(EVENT, f"`{kind.__name__}` names no row")
    if name in _registry:
        raise KeptError(FLOW, f"`{name}`")
    _registry[name] = Effect(name, kind, rows)


def only_for_testing_forget(name: str) -> None:
    """Take a registered effect back."""
    _registry.pop(name, None)


def reconcile(store: Store, macs: Macs, outbox: list[Entry], report: Report) -> None:
    """Compare every registered effect with the events, those that wait included."""
    if not _registry:
        return
    named: dict[type[events.Event], set[UUID]] = {}
    explained = 0
    for event in _events(store, macs, outbox):
        if isinstance(event, events.Expired):
            explained += event.rows
        elif isinstance(event, events.RestoredFrom):
            explained += event.events
        row = getattr(event, "row", None)
        if row is not None:
            named.setdefault(type(event), set()).add(row)
    gone = 0
    for one in _registry.values():
        rows = set(one.rows())
        report.saw("effects", len(rows))
        if alone := rows - named.get(one.kind, set()):
            shown = ", ".join(f"`{row}`" for row in sorted(alone)[:3])
            report.found(UNRECORDED, f"{len(alone)} of {one.name}, such as {shown}")
    for kind, ids in named.items():
        have = [set(one.rows()) for one in _registry.values() if one.kind is kind]
        gone += len(ids.difference(*have)) if have else 0
    if gone > explained:
        report.found(GONE, f"`{gone}` rows; retention and restores explain `{explained}` of them")


def _events(store: Store, macs: Macs, outbox: list[Entry]) -> Iterator[events.AnyEvent]:
    for page in (*recorded.walk(store), outbox):
        yield from contents.events_of([one for one in page if macs.hold(one)])
