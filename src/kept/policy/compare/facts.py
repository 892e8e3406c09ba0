"""What a policy allows and what it protects, as single facts that can be held against another's.

Rules: every fact has a width. 0 is how wide it is where the policy does not speak of it; more is
wider (more is allowed), less is narrower (people are better protected). Two policies are compared
fact by fact, so that whatever became wider is found however the clauses were rearranged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from kept.policy.model import Policy
from kept.policy.period import Period
from kept.policy.sections.named import Keeping

Key: TypeAlias = tuple[str, ...]
"""The kind of fact, then what it is about: `("use", "inquiry", "contact.email", "answer")`."""

FOREVER = 1e9
"""The width of a keep without end, in days."""

Situation: TypeAlias = Literal["consented", "silent", "consented, objected", "objected"]
EVERY: frozenset[Situation] = frozenset(get_args(Situation))
"""What a person can have said about a purpose."""
AGREED: frozenset[Situation] = frozenset({"consented", "consented, objected"})
NO_OBJECTION: frozenset[Situation] = frozenset({"consented", "silent"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a policy allows or protects."""

    key: Key
    width: float
    clause: str
    """The clause to which a change of it belongs: `collect.inquiry`."""
    when: frozenset[Situation] = EVERY
    """For a permission: what people may have said for it to hold."""


def days(period: Period | None) -> float:
    """The width of a period; none is without end."""
    return FOREVER if period is None else period.rough_days


def soon(period: Period | None) -> float:
    """The width of a deadline: the sooner, the narrower; none at all is the widest promise kept."""
    return -1 / period.rough_days if period else -1e-9


def kept(one: Keeping) -> float:
    """The width of a clause's keep: days; an event is without a known end."""
    if one.keep.kind == "event":
        return FOREVER / 2
    return days(one.keep.period)


def grounds(policy: Policy, purpose: str) -> frozenset[Situation]:
    """What people may have said for data to be used for the purpose."""
    one = policy.purposes[purpose]
    if one.basis == "consent":
        return AGREED & NO_OBJECTION
    return NO_OBJECTION if one.may_object else EVERY


def present(kind: str, clause: str, *about: str, width: float = 1.0) -> Fact:
    """A fact that is there or not."""
    return Fact((kind, *about), width, clause)


def sources(policy: Policy) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """Every source of data: its name, its clause, its purposes, its categories."""
    for id, one in policy.collect.items():
        yield id, f"collect.{id}", frozenset(one.purposes), frozenset(one.fields.values())
    for name, cookie in policy.cookies.items():
        purposes, holds = frozenset(cookie.purposes), frozenset(cookie.holds)
        yield f"cookies.{name}", f"cookies.{name}", purposes, holds
    if policy.visits:
        purposes, holds = frozenset(policy.visits.purposes), frozenset(policy.visits.collect)
        yield "visits", "visits", purposes, holds
