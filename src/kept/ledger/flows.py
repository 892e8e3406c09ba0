"""Flows that must record: each says which kinds of event it leaves behind, and is held to it.

Rules: a flow runs in a transaction of its own (or inside its caller's); one that ends without
having recorded what it declares fails, so that its effect is undone with it; a kind that depends
on the case is declared under `may`. The registry is what tests and docs walk.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from kept._kit.errors import KeptError
from kept.ledger.errors import FLOW, SILENT
from kept.ledger.events import Event

P = ParamSpec("P")
R = TypeVar("R")
Kind = type[Event]


@dataclass(frozen=True, slots=True)
class Flow:
    """One verb of a room, and what it records."""

    name: str
    """Module and function, such as `kept.keepers.forms.flows.collect`."""
    records: frozenset[Kind]
    may: frozenset[Kind]


_registry: dict[str, Flow] = {}
_seen: ContextVar[tuple[set[Kind], ...]] = ContextVar("kept_ledger_flows", default=())


def flow(
    *records: Kind,
    may: Iterable[Kind] = (),
    using: str = "default",
    own_transactions: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as a flow that records each of `records`, and perhaps some of `may`.

    It runs in a transaction of `using`; one that must commit in steps (erasure) says
    `own_transactions=True` and opens them itself. Raises `KeptError` L008 when it returns without
    having recorded one of `records`.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        made = Flow(
            f"{function.__module__}.{function.__qualname__}", frozenset(records), frozenset(may)
        )
        if made.name in _registry:
            raise KeptError(FLOW, f"`{made.name}`")
        _registry[made.name] = made

        @wraps(function)
        def held(*args: P.args, **named: P.kwargs) -> R:
            seen: set[Kind] = set()
            around = nullcontext() if own_transactions else transaction.atomic(using=using)
            with around:
                token = _seen.set((*_seen.get(), seen))
                try:
                    result = function(*args, **named)
                finally:
                    _seen.reset(token)
                _require(made, seen)
            return result

        return held

    return declare


def noted(kinds: Iterable[Kind]) -> None:
    """Tell the flows that are running that events of these kinds were recorded."""
    running = _seen.get()
    if running:
        listed = tuple(kinds)
        for seen in running:
            seen.update(listed)


def registered() -> tuple[Flow, ...]:
    """Every flow of the modules imported so far, by name."""
    return tuple(_registry[name] for name in sorted(_registry))


def _require(made: Flow, seen: set[Kind]) -> None:
    missing = sorted(kind.__name__ for kind in made.records - seen)
    if missing:
        raise KeptError(SILENT, f"`{made.name}` recorded no `{'`, `'.join(missing)}`")
