"""Where every promise stands now: its last finding, with age taken into account.

Rules: a finding older than its proof interval no longer counts, so that a control that silently
stopped is noticed; a promise that was never looked at is unproven; a finding about another version
of the policy is about another sentence and does not count either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from kept._kit import clock
from kept.promises import versions
from kept.promises.evidence import State, merged, told
from kept.promises.models import Proof
from kept.promises.promise import Promise, promises
from kept.promises.values import Posted


@dataclass(frozen=True, slots=True)
class Standing:
    """One promise as it stands now."""

    promise: Promise
    state: State
    says: str
    stale: bool
    """True where there was a finding and it is too old, or about another version."""
    looked_at: datetime | None
    proven_at: datetime | None
    figures: dict[str, Any]
    parts: tuple[dict[str, Any], ...]
    """Per check: `check`, `ability`, `state`, `says`, `figures`."""


def standings(posted: Posted | None = None) -> tuple[Standing, ...]:
    """Every promise of the version in force (or of `posted`), in reading order."""
    shown = posted or versions.current()
    found = {one.promise: one for one in Proof.objects.all()}
    return tuple(_standing(one, found.get(one.id), shown.ordinal) for one in promises(shown.policy))


def counts(rows: Sequence[Standing]) -> dict[str, int]:
    """How many are in each state."""
    return {
        state: sum(one.state == state for one in rows) for state in ("kept", "broken", "unproven")
    }


def as_json(one: Standing, *, public: bool = False) -> dict[str, Any]:
    """One promise for machines. In `public`, why it is not kept is left to the operator."""
    return {
        "id": one.promise.id,
        "sentence": one.promise.sentence,
        "keeper": ", ".join(one.promise.keepers),
        "state": one.state,
        "says": one.says if one.state == "kept" or not public else "",
        "figures": one.figures,
        "looked_at": one.looked_at.isoformat() if one.looked_at else None,
        "proven_at": one.proven_at.isoformat() if one.proven_at else None,
    }


def broken() -> int:
    """How many promises the last looks found broken."""
    return Proof.objects.filter(state="broken").count()


def stamp() -> str:
    """Changes with every finding and when one grows too old to count: what caches ask for."""
    found = Proof.objects.aggregate(
        last=Max("looked_at"), old=Count("pk", filter=Q(counts_until__lt=clock.now()))
    )
    return f"{found['last'].isoformat()}-{found['old']}" if found["last"] else "never"


def _standing(promise: Promise, proof: Proof | None, version: int) -> Standing:
    if proof is None:
        return Standing(promise, "unproven", "not looked at yet", False, None, None, {}, ())
    stale = proof.version != version or proof.counts_until < clock.now()
    parts = tuple(_public(part) for part in proof.parts)
    return Standing(
        promise=promise,
        state="unproven" if stale and proof.state == "kept" else _state(proof),
        says=_says(proof, stale),
        stale=stale,
        looked_at=proof.looked_at,
        proven_at=proof.proven_at,
        figures=merged((part["ability"], part["figures"]) for part in parts),
        parts=parts,
    )


def _state(proof: Proof) -> State:
    return "kept" if proof.state == "kept" else "broken" if proof.state == "broken" else "unproven"


def _says(proof: Proof, stale: bool) -> str:
    if stale and proof.state == "kept":
        return "it was kept when it was last looked at, which is too long ago to count"
    return told(part["says"] for part in proof.parts if part["state"] == proof.state)


def _public(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "carry"}
