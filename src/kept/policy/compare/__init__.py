"""Two policies held against each other: `compare(old, new)`."""

from kept.policy.compare.compare import Change, Comparison, compare

__all__ = ["Change", "Comparison", "compare"]
