"""Two policies held against each other: what widens, what narrows, what is only said otherwise.

Rules: whatever the new policy allows and the old did not is in the list as a widening, and the
other way round; the two directions mirror each other; a text that changed without any fact that
changed is a rewording, and is in the list as well.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kept.policy.compare import gathering, giving, promising
from kept.policy.compare.facts import Fact, Key
from kept.policy.compare.rewording import reworded
from kept.policy.compare.whom import whom
from kept.policy.compare.wording import said
from kept.policy.model import Policy
from kept.policy.places import within
from kept.policy.prose.document import document
from kept.policy.prose.language import _

ChangeKind: TypeAlias = Literal["widen", "narrow", "reword"]
Both: TypeAlias = tuple[Key, Fact | None, Fact | None]

_SAME_CHANGE = {"hold": "use"}
"""Kinds of facts that are told together with another kind."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one clause."""

    kind: ChangeKind
    clause: str
    whom: str
    """Whom it concerns: `people who send us a request`."""
    text: str
    keys: frozenset[Key] = frozenset()
    """The facts behind it; none for a rewording."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes: widenings first, then narrowings, then rewordings."""

    changes: tuple[Change, ...]

    def of(self, kind: ChangeKind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(one for one in self.changes if one.kind == kind)


def compare(old: Policy, new: Policy) -> Comparison:
    """What changes for people from `old` to `new`."""
    before, after = _sentences(old), _sentences(new)
    groups: dict[tuple[ChangeKind, str, str], list[Both]] = {}
    for kind, both in _changed(facts(old), facts(new)):
        clause = _clause(both)
        whole = (clause in before) != (clause in after)
        groups.setdefault((kind, clause, "" if whole else _what(both)), []).append(both)
    changes = []
    for (kind, clause, what), pairs in groups.items():
        other: ChangeKind = "narrow" if kind == "widen" else "widen"
        if not what and not _permits(pairs) and _permits(groups.get((other, clause, ""), [])):
            continue  # a protection that came or went together with what it protects from
        text = said(what, kind == "widen", pairs, old, new) if what else ""
        if clause not in before:
            text = text or _("New: {sentence}", sentence=after[clause])
        elif not text:
            text = _("No longer: {sentence}", sentence=before[clause])
        keys = frozenset(key for key, _old, _new in pairs)
        changes.append(Change(kind, clause, whom(clause, keys, old, new), text, keys))
    for clause, text in reworded(old, new, {one.clause for one in changes}):
        changes.append(Change("reword", clause, whom(clause, (), old, new), text))
    rank = {"widen": 0, "narrow": 1, "reword": 2}
    return Comparison(tuple(sorted(changes, key=lambda one: (rank[one.kind], one.clause))))


def facts(policy: Policy) -> dict[Key, Fact]:
    """Every fact of a policy; of two about the same, the wider."""
    found: dict[Key, Fact] = {}
    for part in (gathering, giving, promising):
        for fact in part.facts(policy):
            known = found.get(fact.key)
            if not fact.when:
                continue
            if known is None or fact.width > known.width:
                found[fact.key] = fact
    return found


def _changed(old: dict[Key, Fact], new: dict[Key, Fact]) -> Iterator[tuple[ChangeKind, Both]]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if (before is None and _covered(key, old)) or (after is None and _covered(key, new)):
            continue
        if _width(after) > _width(before) or _freer(before, after):
            yield "widen", (key, before, after)
        if _width(after) < _width(before) or _freer(after, before):
            yield "narrow", (key, before, after)


def _freer(one: Fact | None, other: Fact | None) -> bool:
    """Whether both permit, and `other` does in a situation in which `one` does not."""
    return one is not None and other is not None and bool(other.when - one.when)


def _covered(key: Key, there: dict[Key, Fact]) -> bool:
    """Whether a place or route that is not named is part of one that is."""
    head, last = key[:-1], key[-1]
    if key[0] in ("place", "recipient-place"):
        return any(within(last, one[-1]) for one in there if one[:-1] == head)
    if key[0] == "route":
        return any(route_within(last, one[-1]) for one in there if one[:-1] == head)
    return False


def route_within(route: str, declared: str) -> bool:
    """Whether every page of `route` is one of `declared`."""
    if declared.endswith("*"):
        return route.startswith(declared[:-1])
    return route == declared


def _width(fact: Fact | None) -> float:
    return fact.width if fact else 0.0


def _clause(both: Both) -> str:
    _key, before, after = both
    fact = after or before
    return fact.clause if fact else ""


def _what(both: Both) -> str:
    return _SAME_CHANGE.get(both[0][0], both[0][0])


def _permits(pairs: Iterable[Both]) -> bool:
    return any(max(_width(before), _width(after)) > 0 for _key, before, after in pairs)


def _sentences(policy: Policy) -> dict[str, str]:
    said = document(policy).sentences
    return {one.id: f"{one.group} {one.text}".strip() for one in said}
