"""What is kept outside of rows about people: keepers bring the function that forgets it.

Rules: a name is registered in its app's `ready()`; the function deletes what is due by the policy
in force and gives how much that was; it may be called any number of times.
"""

from collections.abc import Callable, Mapping

Forget = Callable[[], int]
_others: dict[str, Forget] = {}


def also(name: str, forget: Forget) -> None:
    """Have `forget` called by every sweep. Registering a name again replaces it."""
    _others[name] = forget


def others() -> Mapping[str, Forget]:
    """What is registered, by name."""
    return dict(sorted(_others.items()))
