"""Numbers that only our software can read, in words: versions of the policy, masks of purposes.

Rules: a version is told by the label that stands on the site, a mask by the purposes it holds; a
number that stands for nothing known is told as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kept import gate, promises

Say = Callable[[Any], Any]


def spoken(model: Any) -> Mapping[str, Say]:
    """Column -> how its value is told; read once for a walk. Models say it in `class Kept`."""
    said = model.__dict__.get("Kept")
    versions = set(getattr(said, "versions", ()))
    if getattr(model, "_kept_shape", None) is not None:
        versions.add("collected")
    purposes = getattr(said, "purposes", ())
    return {**dict.fromkeys(versions, _labels()), **dict.fromkeys(purposes, _purposes())}


def _labels() -> Say:
    known = {one.ordinal: one.label for one in promises.so_far()}
    return lambda ordinal: known.get(ordinal, ordinal)


def _purposes() -> Say:
    """Of every version so far: a choice outlives the clause that it was made under."""
    return lambda mask: list(gate.in_force().purposes_in(mask))
