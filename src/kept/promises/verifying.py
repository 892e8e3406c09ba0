"""Verify: run the checks of every promise, store what they found, tell which turned.

Rules: every promise of the version in force is looked at, whatever happened to the one before; a
finding is stored as soon as it is there, so that a killed run loses nothing; a run is recorded;
promises of clauses that are gone leave the list, their turns stay. A check carries on only from a
finding `kept` under the version in force: anything else is looked at whole, until it is kept again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kept._kit import clock
from kept._kit.errors import KeptError, code
from kept.promises import proving, versions
from kept.promises.evidence import Figures, State, merged, told, worst
from kept.promises.models import Proof, Run, Turn
from kept.promises.promise import Promise, promises

UNKNOWN = code(
    "P005", "The policy makes no such promise", do="`kept promises` lists them all by id"
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, looked at."""

    promise: Promise
    state: State
    parts: tuple[proving.Part, ...]
    proven_at: datetime | None
    turned: bool
    """True where the state is another one than at the last look; the first look expects `kept`."""

    @property
    def says(self) -> str:
        """What the checks that decided the state say."""
        return told(p.evidence.says for p in self.parts if p.evidence.state == self.state)

    @property
    def figures(self) -> dict[str, Any]:
        """The figures of all its checks."""
        return merged((part.ability, part.evidence.figures) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Verified:
    """What one run found."""

    findings: tuple[Finding, ...]
    seconds: float

    def count(self, state: State) -> int:
        """How many promises are in `state`."""
        return sum(one.state == state for one in self.findings)


def verify(
    ids: Sequence[str] = (), *, full: bool = False, progress: Progress | None = None
) -> Verified:
    """Look at the promises `ids` (all without any). `full`: no check carries on from before.

    Raises `KeptError` P005 for an id that the version in force does not promise.
    """
    began, start = clock.now(), time.monotonic()
    in_force = versions.current()
    every = promises(in_force.policy)
    chosen = _chosen(every, ids)
    findings = []
    with proving.one_run():
        for number, promise in enumerate(chosen, 1):
            findings.append(_look(promise, in_force.ordinal, full=full))
            if progress is not None:
                progress(number, len(chosen))
    done = Verified(tuple(findings), time.monotonic() - start)
    _record(done, began, whole=len(chosen) == len(every))
    if not ids:
        Proof.objects.exclude(promise__in=[one.id for one in every]).delete()
    return done


def _chosen(every: Sequence[Promise], ids: Sequence[str]) -> list[Promise]:
    known = {one.id: one for one in every}
    for id in ids:
        if id not in known:
            raise KeptError(UNKNOWN, f"`{id}`", place="the policy in force")
    return [known[id] for id in ids] or list(every)


def _look(promise: Promise, version: int, *, full: bool) -> Finding:
    before = Proof.objects.filter(promise=promise.id).first()
    carried = {} if full or before is None else _carried(before, version)
    start = time.monotonic()
    parts = proving.prove(promise, carried)
    return _store(promise, version, parts, time.monotonic() - start)


def _carried(before: Proof, version: int) -> Mapping[str, Figures]:
    if before.version != version:
        return {}
    return {part["check"]: part["carry"] for part in before.parts if part["state"] == "kept"}


def _store(
    promise: Promise, version: int, parts: tuple[proving.Part, ...], seconds: float
) -> Finding:
    state = worst(part.evidence.state for part in parts)
    now = clock.now()
    with transaction.atomic():
        before = Proof.objects.select_for_update().filter(promise=promise.id).first()
        proven_at = now if state == "kept" else before.proven_at if before else None
        Proof.objects.update_or_create(
            promise=promise.id,
            defaults={
                "state": state,
                "parts": [_row(part) for part in parts],
                "version": version,
                "looked_at": now,
                "counts_until": now + proving.interval(promise),
                "proven_at": proven_at,
                "seconds": seconds,
            },
        )
        turned = state != (before.state if before else "kept")
        found = Finding(promise, state, parts, proven_at, turned)
        if found.turned:
            Turn.objects.create(promise=promise.id, state=state, says=found.says, at=now)
    return found


def _row(part: proving.Part) -> dict[str, Any]:
    found = part.evidence
    return {
        "check": part.check,
        "ability": part.ability,
        "state": found.state,
        "says": found.says,
        "figures": dict(found.figures),
        "carry": dict(found.carry),
    }


def _record(done: Verified, began: datetime, *, whole: bool) -> None:
    Run.objects.create(
        began=began,
        seconds=done.seconds,
        whole=whole,
        kept=done.count("kept"),
        broken=done.count("broken"),
        unproven=done.count("unproven"),
    )
