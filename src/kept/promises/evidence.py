"""What a check found: the state of one promise, why, and the figures it looked at.

Rules: evidence is about real state and never about a person: figures are counts, ages, names of
parts; a check that cannot tell says `unproven`, never `kept`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["kept", "broken", "unproven"]
Figure = int | float | str | bool
Figures = Mapping[str, Figure]

_WORST: Mapping[State, int] = {"kept": 0, "unproven": 1, "broken": 2}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The finding of one check about one promise."""

    state: State
    says: str
    """One sentence for the operator: what was looked at, or what is wrong and what to do."""
    figures: Figures = field(default_factory=dict)
    carry: Figures = field(default_factory=dict)
    """What an incremental check wants to be given next time, such as how far it has read."""


def kept(says: str, figures: Figures | None = None, carry: Figures | None = None) -> Evidence:
    """The promise is true now."""
    return Evidence("kept", says, figures or {}, carry or {})


def broken(says: str, figures: Figures | None = None, carry: Figures | None = None) -> Evidence:
    """The promise is not true now; `says` names what is wrong and what to do."""
    return Evidence("broken", says, figures or {}, carry or {})


def unproven(says: str, figures: Figures | None = None) -> Evidence:
    """It cannot be told."""
    return Evidence("unproven", says, figures or {})


def worst(states: Iterable[State]) -> State:
    """The state of a promise whose checks found `states`; without any it is unproven."""
    return max(states, key=lambda one: _WORST[one], default="unproven")


def told(says: Iterable[str]) -> str:
    """What several checks say, each thing once."""
    return "; ".join(dict.fromkeys(says))


def merged(parts: Iterable[tuple[str, Figures]]) -> dict[str, Figure]:
    """The figures of several checks; where two differ under one name, each names its ability."""
    all: dict[str, Figure] = {}
    for ability, figures in parts:
        for name, value in figures.items():
            clash = all.get(name, value) != value
            all[f"{name} ({ability})" if clash else name] = value
    return all
