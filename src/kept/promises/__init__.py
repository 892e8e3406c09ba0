"""What the site promises: the posted policy versions, the one in force, and the page that says so."""

from kept.promises.versions import (
    Adopted,
    Posted,
    adopt,
    current,
    history,
    only_for_testing_forget,
    posted,
)

__all__ = [
    "Adopted",
    "Posted",
    "adopt",
    "current",
    "history",
    "only_for_testing_forget",
    "posted",
]
