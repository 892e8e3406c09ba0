"""What the site promises: posted versions, the sentences of the one in force, and their proofs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kept.promises.values import Adopted, Posted

if TYPE_CHECKING:
    from kept.promises.promise import Promise
    from kept.promises.promise import promises as promises_of
    from kept.promises.standing import Standing, broken, counts, standings
    from kept.promises.verifying import Finding, Verified, verify
    from kept.promises.versions import adopt, coming, current, history, posted, so_far

__all__ = [
    "Adopted",
    "Finding",
    "Posted",
    "Promise",
    "Standing",
    "Verified",
    "adopt",
    "broken",
    "coming",
    "counts",
    "current",
    "history",
    "posted",
    "promises_of",
    "so_far",
    "standings",
    "verify",
]

_WHERE = {
    "Finding": "verifying",
    "Promise": "promise",
    "Standing": "standing",
    "Verified": "verifying",
    "broken": "standing",
    "counts": "standing",
    "promises_of": "promise",
    "standings": "standing",
    "verify": "verifying",
}
_RENAMED = {"promises_of": "promises"}


def __getattr__(name: str) -> Any:
    """The flows need Django's models, which load after the apps: hence on first use."""
    if name not in __all__:
        raise AttributeError(f"kept.promises has no `{name}`")
    module = import_module(f"kept.promises.{_WHERE.get(name, 'versions')}")
    found = globals()[name] = getattr(module, _RENAMED.get(name, name))
    return found
