"""Whom a change concerns, as a noun phrase."""

from collections.abc import Iterable

from kept.policy.compare.facts import Key
from kept.policy.model import Policy
from kept.policy.prose.language import _, listed

_MOST_POINTS = 3


def whom(clause: str, keys: Iterable[Key], old: Policy, new: Policy) -> str:
    """Those whom a change of `clause` concerns, as far as the `keys` tell."""
    section, _dot, id = clause.partition(".")
    if section == "collect":
        return _people([id], old, new)
    if section == "recipients":
        points = sorted({key[2] for key in keys if key[0] == "share"})
        if points and len(points) <= _MOST_POINTS:
            return _people(points, old, new)
        return _("everyone whose data we have")
    if section in ("visits", "cookies", "embeds", "signals"):
        return _("every visitor")
    if section in ("disclosures", "holds", "statutes", "purposes", "erasure", "backups", "never"):
        return _("everyone whose data we have")
    return _("everyone")


def _people(points: list[str], old: Policy, new: Policy) -> str:
    said = []
    for id in points:
        point = new.collect.get(id) or old.collect.get(id)
        said.append(point.says if point else _("visit the website"))
    return _("people who {do}", do=listed(said, "or"))
