"""Who gets data: only what is collected, for what it is collected for, in declared places.

Rules: a recipient gets nothing for a purpose that no collection point serves (an occasion such as
legal process is a grant of its own); it stands in a declared place; the public is everywhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from kept.policy.model import Policy
from kept.policy.places import within
from kept.policy.problems import Problem, Where
from kept.policy.sections.recipients import Recipient
from kept.policy.taxonomy import is_a

Source: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""Where data comes from: the purposes it serves and the categories it brings."""


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E030, E031, E034, E035, W105, W107."""
    sources = gathered(policy)
    everywhere = by_purpose(sources.values())
    disclosed = {id for one in policy.disclosures.values() for id in one.recipients}
    for id, one in policy.recipients.items():
        yield from _place(policy, id, one, where)
        if one.occasion == "ordinary":
            narrow = by_purpose(sources[name] for name in one.collections)
            yield from _granted(id, one, narrow if one.collections else everywhere, where)
        elif id not in disclosed:
            message = (
                f"`{id}` gets data on the occasion `{one.occasion}`, which no disclosure names"
            )
            yield where.error("E034", message, ("recipients", id, "occasion"), word=id)
    yield from _occasions(policy, where)


def by_purpose(sources: Iterable[Source]) -> Mapping[str, set[str]]:
    """What is collected for each purpose that any of the sources serves."""
    found: dict[str, set[str]] = {}
    for purposes, categories in sources:
        for id in purposes:
            found.setdefault(id, set()).update(categories)
    return found


def gathered(policy: Policy) -> Mapping[str, Source]:
    """Every source of data with the purposes it serves and the categories it brings."""
    found = {
        id: (frozenset(one.purposes), frozenset(one.fields.values()))
        for id, one in policy.collect.items()
    }
    for name, cookie in policy.cookies.items():
        found[f"cookies.{name}"] = (frozenset(cookie.purposes), frozenset(cookie.holds))
    if policy.visits:
        found["visits"] = (frozenset(policy.visits.purposes), frozenset(policy.visits.collect))
    return found


def _place(policy: Policy, id: str, one: Recipient, where: Where) -> Iterator[Problem]:
    declared = policy.meta.places
    if one.kind == "public" or not declared:
        return
    if one.place is None:
        message = f"nothing says where `{id}` keeps data"
        yield where.lint("W107", message, ("recipients", id), word=id)
    elif not any(within(one.place, place) for place in declared):
        message = f"`{id}` is in `{one.place}`, which is outside the declared places"
        yield where.error("E030", message, ("recipients", id, "place"), word=one.place)


def _granted(
    id: str, one: Recipient, collected: Mapping[str, set[str]], where: Where
) -> Iterator[Problem]:
    for index, purpose in enumerate(one.purposes):
        if purpose not in collected:
            message = f"`{id}` gets data for `{purpose}`, for which none is collected"
            yield where.error("E031", message, ("recipients", id, "for", index), word=purpose)
            return
    brought = {key for purpose in one.purposes for key in collected[purpose]}
    for index, general in enumerate(one.receives):
        if not any(is_a(got, general) for got in brought):
            message = f"`{id}` receives `{general}`, which is not collected for its purposes"
            yield where.lint("W105", message, ("recipients", id, "receives", index), word=general)


def _occasions(policy: Policy, where: Where) -> Iterator[Problem]:
    for id, disclosure in policy.disclosures.items():
        for index, name in enumerate(disclosure.recipients):
            occasion = policy.recipients[name].occasion
            if occasion not in ("ordinary", disclosure.occasion):
                message = f"`{name}` gets data on `{occasion}`, not on `{disclosure.occasion}`"
                path = ("disclosures", id, "to", index)
                yield where.error("E035", message, path, word=name)
