"""Which keepers there are, what each is able to do, and which sentences nobody keeps.

Rules: a keeper says what it can do, never which policy it serves; abilities that depend on the
host (which collection points have a page) are asked for when they are needed, not remembered.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kept.policy import Policy
from kept.promises.needs import needs

Abilities = Callable[[], Iterable[str]]

_keepers: dict[str, Abilities] = {}


@dataclass(frozen=True, slots=True)
class Unkept:
    """A sentence that is declared and that no installed keeper keeps."""

    id: str
    missing: tuple[str, ...]
    """What the software would have to be able to do, e.g. `delete when its time is over`."""


def register(keeper: str, abilities: Abilities) -> None:
    """Declare a keeper, in its app's `ready()`. Declaring it again replaces what it said."""
    _keepers[keeper] = abilities


def keepers() -> Mapping[str, frozenset[str]]:
    """Every keeper with what it is able to do now."""
    return {name: frozenset(abilities()) for name, abilities in sorted(_keepers.items())}


def unkept(policy: Policy) -> Mapping[str, Unkept]:
    """The sentences of `policy` that nobody keeps, by promise id, in reading order."""
    able = frozenset().union(*keepers().values())
    return {
        id: Unkept(id, tuple(sorted(needed - able)))
        for id, needed in needs(policy).items()
        if needed - able
    }
