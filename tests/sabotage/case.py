"""One sabotage: a realistic way to break one promise, and how it is undone."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Case:
    """`apply` breaks, and mends again when it is left."""

    promise: str
    """Id of the one promise that must turn broken."""
    says: str
    """What was done, as somebody would tell it afterwards."""
    apply: Callable[[Any], AbstractContextManager[None]]
    """Given the living site."""
    like: str = ""
    """The public case that it resembles."""

    @property
    def id(self) -> str:
        """For pytest."""
        return f"{self.promise}: {self.says}"


CASES: list[Case] = []


def sabotage(promise: str, says: str, *, like: str = "") -> Callable[[Any], Any]:
    """Register the decorated generator (break, yield, mend) as a case."""

    def register(function: Callable[[Any], Iterator[None]]) -> Any:
        made = contextmanager(function)
        CASES.append(Case(promise, says, made, like))
        return made

    return register


@contextmanager
def patched(target: Any, name: str, value: Any) -> Iterator[None]:
    """An attribute replaced for as long as the block runs."""
    patch = Patch()
    patch.setattr(target, name, value)
    try:
        yield
    finally:
        patch.undo()


def only(decide: Callable[..., Any], change: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A `Gate.decide` that looks at other facts where `change(request, facts)` gives some."""

    def lax(self: Any, request: Any, facts: Any) -> Any:
        return decide(self, request, change(request, facts) or facts)

    return lax
