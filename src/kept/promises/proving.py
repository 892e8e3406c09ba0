"""The checks: which function looks whether a promise is true now, and how long its word is good.

Rules: a check is registered for a kind of ability (`carry out ` covers `carry out erase`) and asked
once for each promise that needs it, so that it can tell one clause from another; an ability without
a check is never taken for proven; an error inside a check is "could not be told", not "kept".
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db import transaction

from kept._kit.errors import KeptError
from kept.promises import keeping
from kept.promises.evidence import Evidence, Figures, unproven
from kept.promises.promise import Promise

Look = Callable[[Promise, Figures], Evidence | None]
"""Given the promise and what the check carried from its last run (empty: look at everything).

None: the check has nothing to say about this promise, and another one has."""

DAY = timedelta(days=1)
"""How old a finding may be before it no longer counts, where a check says nothing else."""


@dataclass(frozen=True, slots=True)
class Check:
    """One registered check."""

    name: str
    """Module and function: where to look when it says something unexpected."""
    kind: str
    """The ability, or the beginning of the abilities, that it proves."""
    every: timedelta
    """The proof interval."""
    carries: str
    """What it carries on with from its last run, and why that is sound; empty: it never does."""
    says: str
    """What it looks at: the first line of its docstring."""
    look: Look


@dataclass(frozen=True, slots=True)
class Part:
    """What one check found about a promise."""

    check: str
    ability: str
    evidence: Evidence


_checks: dict[str, Check] = {}
_memo: ContextVar[dict[str, object] | None] = ContextVar("kept_promises_memo", default=None)

T = TypeVar("T")


def check(kind: str, every: timedelta = DAY, *, carries: str = "") -> Callable[[Look], Look]:
    """Register the decorated function as a check of every ability that begins with `kind`.

    `carries`: in words, what it carries on with; without any it is never given what it carried.
    """

    def register(look: Look) -> Look:
        name = f"{look.__module__}.{look.__qualname__}"
        says = (look.__doc__ or "").partition("\n")[0]
        _checks[name] = Check(name, kind, every, carries, says, look)
        return look

    return register


def checks() -> tuple[Check, ...]:
    """Every registered check, by name."""
    return tuple(_checks[name] for name in sorted(_checks))


def checks_of(promise: Promise) -> Iterator[tuple[str, Check]]:
    """The checks of `promise`, each with the ability that it proves."""
    for ability in promise.needs:
        for one in checks():
            if ability.startswith(one.kind):
                yield ability, one


@contextmanager
def one_run() -> Iterator[None]:
    """Around all checks of a run: what several of them look at is looked at once."""
    token = _memo.set({})
    try:
        yield
    finally:
        _memo.reset(token)


def once(what: str, look: Callable[[], T]) -> T:
    """`look()`, or what it gave earlier in this run under the name `what`."""
    memo = _memo.get()
    if memo is None:
        return look()
    if what not in memo:
        memo[what] = look()
    return memo[what]  # type: ignore[return-value] # one name, one type


def interval(promise: Promise) -> timedelta:
    """How old the proof of `promise` may be: the shortest interval among its checks."""
    return min((one.every for _ability, one in checks_of(promise)), default=DAY)


def prove(promise: Promise, carried: Mapping[str, Figures]) -> tuple[Part, ...]:
    """Run every check of `promise`. `carried`: per check, what it carried from its last run."""
    able = frozenset().union(*keeping.keepers().values())
    parts, checked = [], set()
    for ability, one in checks_of(promise):
        if ability in able:
            checked.add(ability)
            found = _look(one, promise, carried.get(one.name, {}) if one.carries else {})
            if found is not None:
                parts.append(Part(one.name, ability, found))
    return (*parts, *(_nobody(one, one in able) for one in promise.needs if one not in checked))


def _look(one: Check, promise: Promise, carried: Figures) -> Evidence | None:
    try:
        with transaction.atomic():
            return one.look(promise, carried)
    except KeptError as error:
        return unproven(f"the check ended with {error}", {"error": error.code.id})
    except Exception as error:
        return unproven(
            f"the check failed with a `{type(error).__name__}`; run it alone to see why",
            {"error": type(error).__name__},
        )


def _nobody(ability: str, able: bool) -> Part:
    if able:
        return Part("none", ability, unproven(f"nothing checks the ability `{ability}`"))
    return Part("none", ability, unproven(f"no installed keeper is able to `{ability}`"))
