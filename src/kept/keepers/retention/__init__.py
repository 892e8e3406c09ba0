"""Retention: what is kept goes when its time is over, by the clauses it was collected under.

Other keepers say here what they keep outside of sealed rows: `also(name, function)`.
"""

from kept.keepers.retention.also import also

__all__ = ["also"]
