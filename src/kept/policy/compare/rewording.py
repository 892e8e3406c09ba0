"""Changes that no fact tells: other words, other labels, another way of saying the same.

Rules: whatever differs between two policies and is not told as a widening or a narrowing is told
here, by clause and key, so that no difference is passed over; only the version's own name and
days are not, for each version differs in them and every list of changes stands beside them.
"""

from collections.abc import Collection, Iterator, Mapping

from pydantic import BaseModel

from kept.policy.model import Policy
from kept.policy.prose.language import _, listed

_TEXTS = {
    *("says", "note", "limits", "condition", "licence", "warranty", "declining", "source"),
    *("when", "without", "fee", "labels", "hints", "choices", "law", "heading", "governing"),
}
"""Keys that are words for people: told even where the clause has other changes as well."""
_OWN = ("version", "effective", "updated")
"""Keys of [policy] in which each version differs from every other."""


def reworded(old: Policy, new: Policy, told: Collection[str]) -> Iterator[tuple[str, str]]:
    """The clauses that changed only in words, each with what changed in it."""
    before, after = clauses(old), clauses(new)
    for id in sorted(before.keys() | after.keys()):
        if id not in before or id not in after:
            if id not in told:
                yield id, _("New.") if id in after else _("No longer there.")
            continue
        keys = [key for key in changed(before[id], after[id]) if id not in told or key in _TEXTS]
        if id == "policy":
            keys = [key for key in keys if key not in _OWN]
        if keys:
            names = listed([f"`{key}`" for key in keys])
            yield id, _("Said otherwise, or in another order: {keys}.", keys=names)


def clauses(policy: Policy) -> dict[str, BaseModel]:
    """Every clause by its id; a section that is one table is one clause."""
    found: dict[str, BaseModel] = {}
    for name, field in Policy.model_fields.items():
        value, section = getattr(policy, name), str(field.alias)
        if isinstance(value, BaseModel):
            found[section] = value
        elif isinstance(value, Mapping):
            found.update({f"{section}.{id}": one for id, one in value.items()})
    return found


def changed(old: BaseModel, new: BaseModel) -> list[str]:
    """The keys whose values differ, the order of a table included."""
    return [
        str(field.alias)
        for name, field in type(old).model_fields.items()
        if _ordered(getattr(old, name)) != _ordered(getattr(new, name))
    ]


def _ordered(value: object) -> object:
    return list(value.items()) if isinstance(value, Mapping) else value
