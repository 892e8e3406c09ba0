"""What the site promises: posted policy versions, the one in force, the page that says so."""

from typing import TYPE_CHECKING, Any

from kept.promises.values import Adopted, Posted

if TYPE_CHECKING:
    from kept.promises.versions import adopt, current, history, posted

__all__ = ["Adopted", "Posted", "adopt", "current", "history", "posted"]


def __getattr__(name: str) -> Any:
    """The flows need Django's models, which load after the apps: hence on first use."""
    if name not in __all__:
        raise AttributeError(f"kept.promises has no `{name}`")
    from kept.promises import versions

    return getattr(versions, name)
