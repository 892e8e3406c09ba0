"""What sweeps have to do with other keepers: what else to forget, and whom to leave alone for now.

Rules: a name is registered in its app's `ready()`; a function that forgets deletes what is due by
the policy in force and gives how much that was; it may be called any number of times; whom to leave
alone is asked for each sweep, as a query, and its end is the matter of the keeper that asks for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

Forget = Callable[[], int]
Spared = Callable[[str], "QuerySet[Any, Any]"]
"""Ids of subjects in a database (`using`); none of them NULL."""
_others: dict[str, Forget] = {}
_spared: dict[str, Spared] = {}


def also(name: str, forget: Forget) -> None:
    """Have `forget` called by every sweep. Registering a name again replaces it."""
    _others[name] = forget


def others() -> Mapping[str, Forget]:
    """What is registered, by name."""
    return dict(sorted(_others.items()))


def spare(name: str, subjects: Spared) -> None:
    """Have sweeps leave these subjects alone. Registering a name again replaces it."""
    _spared[name] = subjects


def spared(using: str) -> "list[QuerySet[Any, Any]]":
    """Whom every keeper asks to leave alone now."""
    return [_spared[name](using) for name in sorted(_spared)]
