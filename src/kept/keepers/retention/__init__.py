"""Retention: what is kept goes when its time is over, by the clauses it was collected under.

Other keepers say here what they keep outside of sealed rows (`also.also`), and whom a sweep has to
leave alone for now (`also.spare`).
"""

from kept.keepers.retention import also

__all__ = ["also"]
