"""The gate is asked when a declared clear-text column is read. It notes its answer and denies none.

The attribute of each column is replaced by one that looks. Rules: whatever happens here, the
reader gets the value; what Django reads to save or reload a row is not a use; reads in a purpose
scope are judged together when the scope ends, by the choices of the people that the rows are linked
to; where the database cannot be asked then, by the clauses alone.

It does not see `values()`, `values_list()`, aggregates, conditions, raw SQL, or what other programs
read: those never come by an attribute.
"""

import asyncio
import logging
import sys
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, connections

from kept import gate
from kept._kit.errors import KeptError
from kept.vault import people
from kept.vault.adopting import tally
from kept.vault.holdings import Holding
from kept.vault.holdings.links import as_text, links_of, model_behind

_SLOT = "kept.observed"
_OURS = str(Path(__file__).parents[2])
_LIBRARIES = ("site-packages", "dist-packages", str(Path(logging.__file__).parents[1]))
_BOOKKEEPING = ("django.db.models.base",)
_NOBODY = people.Choices(None, 0, 0, restricted=False, ceased=False)
_ANYBODY = people.Choices(None, (1 << 63) - 1, 0, restricted=False, ceased=False)
_log = logging.getLogger("kept.vault")


class ObservedValue:
    """The attribute of an observed column."""

    def __init__(self, holding: Holding, name: str, before: Any) -> None:
        self.holding, self.name, self.before = holding, name, before

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        known = row.__dict__
        value = known[self.name] if self.name in known else self.before.__get__(row, owner)
        caller = sys._getframe(1)
        if not _is_bookkeeping(caller):
            try:
                _note(self.holding, self.name, row, caller)
            except Exception as error:  # to observe must never break what is observed
                _log.warning(
                    "reading %s was not observed: %s", self.holding.label, type(error).__name__
                )
        return value

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.name] = value


def watch(holding: Holding) -> None:
    """Look at the reads of this model's declared columns from now on, where it is observed."""
    if not holding.observed:
        return
    model: Any = apps.get_model(holding.label)
    for name in holding.fields:
        before = model.__dict__.get(name) or getattr(model, name)
        if not isinstance(before, ObservedValue):
            setattr(model, name, ObservedValue(holding, name, before))


def _is_bookkeeping(caller: FrameType) -> bool:
    """Whether Django saves, checks or reloads the row."""
    named = caller.f_globals.get("__name__")
    return named in _BOOKKEEPING or caller.f_code.co_name == "pre_save"


def _note(holding: Holding, name: str, row: Any, caller: FrameType) -> None:
    scope, place = gate.current(), _place(caller)
    if scope is None:
        tally.add(tally.Read(holding.label, name, "", "no purpose", "no purpose is said", place))
        return
    lease = scope.lease
    batch: _Batch | None = lease.slot.get(_SLOT)
    if batch is None:
        batch = lease.slot[_SLOT] = _Batch(scope)
        lease.on_close(batch.close)
    using = row._state.db or "default"
    batch.reads[holding.label, using].setdefault(row.pk, {})[name] = place
    batch.holdings[holding.label] = holding


class _Batch:
    """What was read in one lease of a scope."""

    def __init__(self, scope: gate.Scope) -> None:
        self.scope = scope
        self.holdings: dict[str, Holding] = {}
        self.reads: dict[tuple[str, str], dict[Any, dict[str, str]]] = defaultdict(dict)

    def close(self) -> None:
        """Ask the gate about all of it."""
        try:
            for (label, using), rows in self.reads.items():
                self._judge(self.holdings[label], using, rows)
        except Exception as error:  # as above
            _log.warning(
                "reads for `%s` were not observed: %s", self.scope.purpose, type(error).__name__
            )

    def _judge(self, holding: Holding, using: str, rows: dict[Any, dict[str, str]]) -> None:
        choices = _choices(holding, using, list(rows))
        for pk, columns in rows.items():
            for name, place in columns.items():
                decision = self._decide(holding, name, choices.get(pk, _NOBODY))
                answer = "allowed" if decision.allowed else "denied"
                why = "" if decision.allowed else "; ".join(decision.missing)
                purpose = self.scope.purpose
                tally.add(tally.Read(holding.label, name, purpose, answer, why, place))

    def _decide(self, holding: Holding, name: str, choices: people.Choices) -> gate.Decision:
        rules = gate.in_force()
        operation = gate.SHARE if self.scope.recipient is not None else gate.USE
        asked = gate.Request(
            operation, holding.fields[name], self.scope.purpose, holding.collect or None,
            self.scope.recipient,
        )  # fmt: skip
        return rules.decide(asked, people.facts(choices, rules.in_force[0], own=False))


def _choices(holding: Holding, using: str, pks: list[Any]) -> dict[Any, people.Choices]:
    """The choices of whoever each row is about; everybody's best where they cannot be looked up."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        return dict.fromkeys(pks, _ANYBODY)
    if connections[using].needs_rollback:
        return dict.fromkeys(pks, _ANYBODY)
    try:
        owners = _owners(holding, using, pks)
        known = people.read(list({owner.bytes for owner in owners.values()}), using)
    except (DatabaseError, KeptError):
        return dict.fromkeys(pks, _ANYBODY)
    return {pk: known.get(owner.bytes, _NOBODY) for pk, owner in owners.items()}


def _owners(holding: Holding, using: str, pks: list[Any]) -> dict[Any, UUID]:
    model: Any = apps.get_model(holding.label)
    rows = model._base_manager.using(using).filter(pk__in=pks)
    if not holding.link:
        found = rows.values_list("pk", holding.subject)
        return {pk: owner for pk, owner in found if owner is not None}
    linked = dict(rows.values_list("pk", holding.link))
    texts = [as_text(one) for one in linked.values()]
    behind = links_of(model_behind(model, holding.link), using).filter(row__in=texts)
    owners = dict(behind.values_list("row", "subject_id"))
    return {pk: owners[as_text(one)] for pk, one in linked.items() if as_text(one) in owners}


def _place(frame: FrameType | None) -> str:
    """The nearest line that is neither a library's nor ours."""
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_OURS) and not any(one in file for one in _LIBRARIES):
            return f"{frame.f_globals.get('__name__', '?')}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"
