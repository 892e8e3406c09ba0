"""Notices: people hear of a changed policy, and what they agreed to is noted.

What other keepers use: `bound(user)`, the version that binds a client for what comes in about them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kept.keepers.notices.flows import bound

__all__ = ["bound"]


def __getattr__(name: str) -> Any:
    """The flows need Django's models, which load after the apps: hence on first use."""
    if name not in __all__:
        raise AttributeError(f"kept.keepers.notices has no `{name}`")
    from kept.keepers.notices import flows

    return getattr(flows, name)
