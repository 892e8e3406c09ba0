"""The facts of collection: what may be used, asked for, published, recorded, and for how long."""

from collections.abc import Iterator

from kept.policy.compare.banned import left, on_join, on_use
from kept.policy.compare.facts import (
    FOREVER,
    Fact,
    days,
    grounds,
    kept,
    present,
    sources,
)
from kept.policy.keep import Lifetime
from kept.policy.model import Policy
from kept.policy.sections.collect import Collection
from kept.policy.taxonomy import leaves


def facts(policy: Policy) -> Iterator[Fact]:
    """Purposes, points, visits, cookies, combinations."""
    for id in policy.purposes:
        yield Fact(("basis", id), 1.0, f"purposes.{id}", grounds(policy, id))
    for name, clause, purposes, categories in sources(policy):
        for category in categories:
            for leaf in leaves(category):
                yield present("hold", clause, name, leaf)
                for purpose in purposes:
                    when = left(grounds(policy, purpose), on_use(policy, leaf, purpose))
                    yield Fact(("use", name, leaf, purpose), 1.0, clause, when)
    for id, point in policy.collect.items():
        yield from _point(id, point)
    if policy.visits:
        yield Fact(("keep", "visits"), kept(policy.visits), "visits")
        yield from (present("route", "visits", route) for route in policy.visits.routes)
    yield from _cookies(policy)
    yield from _combined(policy)


def _point(id: str, one: Collection) -> Iterator[Fact]:
    clause = f"collect.{id}"
    yield Fact(("keep", id), kept(one), clause)
    for field, category in one.required.items():
        yield present("required", clause, id, field, category)
    for field in one.fixed:
        yield present("fixed", clause, id, field)
    for category in one.removable:
        yield present("removable", clause, id, category, width=-1.0)
    if one.licence:
        yield present("licence", clause, id)
    if one.public:
        checked = {"each": 1.0, "first": 2.0, "none": 3.0}[one.approval]
        for field in one.shown:
            yield Fact(("public", id, one.fields[field]), checked, clause)


def _cookies(policy: Policy) -> Iterator[Fact]:
    for name, one in policy.cookies.items():
        clause = f"cookies.{name}"
        yield Fact(("lifetime", name), _life(one.lifetime), clause)
        for state, lifetime in one.lifetimes.items():
            yield Fact(("lifetime", name, state), _life(lifetime), clause)
        if one.idle is not None:
            yield Fact(("unused", name), _life(Lifetime("period", one.idle)), clause)
        yield present("set", clause, name, width=1.0 if one.necessary else 0.5)
        if one.removed:
            yield present("removed", clause, name, width=-1.0)


def _life(one: Lifetime) -> float:
    """A browser closes sooner than any period ends; a log-out may never come."""
    if one.kind == "session":
        return 0.01
    return FOREVER if one.kind == "until log out" else days(one.period)


def _combined(policy: Policy) -> Iterator[Fact]:
    for id, one in policy.combine.items():
        length = days(one.keep)
        for first in leaves(one.join):
            for second in leaves(one.with_):
                if first == second or on_join(policy, first, second):
                    continue
                pair = sorted((first, second))
                for purpose in one.purposes:
                    yield Fact(("join", *pair, purpose), length, f"combine.{id}")
