"""What the retention keeper is able to do."""

from kept.promises.needs import RETAIN


def abilities() -> frozenset[str]:
    """Every keep of the policy is enforced by the sweep."""
    return frozenset({RETAIN})
