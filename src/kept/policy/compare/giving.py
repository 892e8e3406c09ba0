"""The facts of sharing: who may get what, from where, for what, on which occasion, and where."""

from collections.abc import Iterator
from itertools import product

from kept.policy.compare.banned import left, on_share
from kept.policy.compare.facts import Fact, grounds, present, sources
from kept.policy.model import Policy
from kept.policy.sections.recipients import Recipient
from kept.policy.taxonomy import is_a, leaves


def facts(policy: Policy) -> Iterator[Fact]:
    """Recipients, disclosures, figures, embedded content, bans, places."""
    for id, one in policy.recipients.items():
        yield from _shared(policy, id, one)
        yield from _terms(policy, id, one)
    yield from _disclosed(policy)
    yield from _figures(policy)
    for id, embed in policy.embeds.items():
        for host in embed.hosts:
            width = 2.0 if embed.loads == "at once" else 1.0
            yield Fact(("embed", id, host), width, f"embeds.{id}")
    for id, ban in policy.never.items():
        yield Fact(("ban", id), -0.5 if ban.unless else -1.0, f"never.{id}")
    for place in policy.meta.places or ("worldwide",):
        yield present("place", "policy.places", place)


def _disclosed(policy: Policy) -> Iterator[Fact]:
    for id, one in policy.disclosures.items():
        width = 2.0 if one.approval == "one person" else 1.0
        for name in one.recipients:
            key = ("disclose", one.occasion, name)
            yield Fact(key, width - (0.5 if one.tell else 0.0), f"disclosures.{id}")


def _figures(policy: Policy) -> Iterator[Fact]:
    for id, one in policy.aggregates.items():
        for category in one.of:
            for leaf in leaves(category):
                yield Fact(("figures", id, leaf), 1 / one.smallest, f"aggregates.{id}")
        if one.shared:
            yield present("figures-shared", f"aggregates.{id}", id)


def _shared(policy: Policy, id: str, one: Recipient) -> Iterator[Fact]:
    for name, _clause, purposes, categories in sources(policy):
        if one.collections and name not in one.collections:
            continue
        granted = [use for use in one.purposes if one.occasion != "ordinary" or use in purposes]
        gets = {leaf for category in categories for leaf in leaves(category)}
        gets = {leaf for leaf in gets if any(is_a(leaf, general) for general in one.receives)}
        for purpose, leaf in product(granted, sorted(gets)):
            bans = on_share(policy, one, leaf, purpose)
            key = ("share", id, name, leaf, purpose, one.occasion)
            when = left(grounds(policy, purpose), bans)
            yield Fact(key, 1.0, f"recipients.{id}", when)


def _terms(policy: Policy, id: str, one: Recipient) -> Iterator[Fact]:
    clause = f"recipients.{id}"
    for match in _matches(one):
        yield present("match", clause, id, match)
    for host in one.hosts:
        yield present("host", clause, id, host)
    if one.condition:
        yield present("condition", clause, id, width=-1.0)
    place = one.place if one.kind != "public" else "worldwide"
    for where in (place,) if place else policy.meta.places or ("worldwide",):
        yield present("recipient-place", clause, id, where)


def _matches(one: Recipient) -> tuple[str, ...]:
    """In which of the cases a recipient may get data: the same region, line of work, both, none."""
    if one.region and one.sector:
        return ("both", "region", "sector")
    if one.region:
        return ("both", "region")
    if one.sector:
        return ("both", "sector")
    return ("both", "region", "sector", "neither")
