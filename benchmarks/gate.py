"""B1: one decision, against a dict look-up that returns a bool, cedarpy and casbin.

12 purposes, 30 categories, 8 recipients, two policy versions, 1,000 subjects, 20,000 random
requests to share. Half of the purposes rest on consent, half on a legitimate interest that people
may object to; every tenth subject is restricted or has stopped processing (a consent given since
lifts that for its own purpose). Base and choices are handed over with each question; all engines
give the same 20,000 answers.
"""

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import casbin
import cedarpy

from benchmarks.measure import QUICK, Arm, race
from benchmarks.table import Row
from kept.gate import SHARE, Facts, Gate, Request
from kept.gate.clauses import Clauses, Point, Purpose, Recipient

_PURPOSES = [f"purpose-{i}" for i in range(12)]
_CATEGORIES = [f"group.category-{i}" for i in range(30)]
_RECIPIENTS = [f"recipient-{i}" for i in range(8)]
_SUBJECTS = 1_000
_REQUESTS = 20_000
_PEERS = 400 if QUICK else 2_000
"""Requests of the slow peers per pass; they answer all of them once, untimed."""
_PASSES = 3
Key = tuple[str, str, str]


class Subject(NamedTuple):
    """What is handed over about a person."""

    base: int
    consented: int
    objected: int
    restricted: bool
    ceased: bool


class World:
    """The policy, the people and the questions, the same for every engine."""

    def __init__(self) -> None:
        rng = random.Random(20_160_316)
        self.purposes = {
            p: Purpose("consent" if i % 2 == 0 else "legitimate-interest")
            for i, p in enumerate(_PURPOSES)
        }
        newer = self._version(rng)
        self.versions = [self._narrower(rng, newer), newer]
        self.bits = {p: i for i, p in enumerate(_PURPOSES)}
        self.subjects = [self._subject(rng) for _ in range(_SUBJECTS)]
        self.asked = [
            (
                (rng.choice(_PURPOSES), rng.choice(_CATEGORIES), rng.choice(_RECIPIENTS)),
                rng.choice(self.subjects),
            )
            for _ in range(_REQUESTS)
        ]

    def _version(self, rng: random.Random) -> Clauses:
        points = {
            f"point-{i}": Point(
                f"collect.point-{i}",
                frozenset(rng.sample(_PURPOSES, 8)),
                frozenset(rng.sample(_CATEGORIES, 20)),
            )
            for i in range(6)
        }
        recipients = {
            r: Recipient(
                "vendor",
                frozenset(rng.sample(_PURPOSES, 9)),
                tuple(rng.sample(_CATEGORIES, 24)),
                "US",
            )
            for r in _RECIPIENTS
        }
        return Clauses(self.purposes, points, recipients, places=("US",))

    def _narrower(self, rng: random.Random, newer: Clauses) -> Clauses:
        """An earlier version, in which each recipient got less."""
        recipients = {
            r: Recipient("vendor", to.purposes, tuple(rng.sample(to.receives, 18)), "US")
            for r, to in newer.recipients.items()
        }
        return Clauses(newer.purposes, newer.points, recipients, places=("US",))

    def _subject(self, rng: random.Random) -> Subject:
        few = rng.getrandbits(12) & rng.getrandbits(12) & rng.getrandbits(12)
        many = rng.getrandbits(12) | rng.getrandbits(12)
        return Subject(rng.randrange(2), many, few, rng.random() < 0.05, rng.random() < 0.05)

    def granted(self, base: int) -> set[Key]:
        """Who may have what for which purpose, by the base and every version after it."""
        return set.intersection(*(_grants(version) for version in self.versions[base:]))

    def needs(self, purpose: str) -> bool:
        """Whether the purpose rests on consent."""
        return self.purposes[purpose].basis == "consent"

    def said(self, subject: Subject, purpose: str) -> tuple[bool, bool]:
        """Whether the subject consented to the purpose, and whether anything stands against it."""
        bit = 1 << self.bits[purpose]
        stopped = subject.ceased and not self.needs(purpose)
        against = subject.objected & bit or subject.restricted or stopped
        return bool(subject.consented & bit), bool(against)


def _grants(version: Clauses) -> set[Key]:
    return {
        (p, c, r)
        for p in _PURPOSES
        for c in _CATEGORIES
        for r, to in version.recipients.items()
        if p in to.purposes
        and c in to.receives
        and any(p in one.purposes and c in one.categories for one in version.points.values())
    }


def run() -> list[Row]:
    """Four rows: with the request given, with the request made on the way, and the two peers."""
    world, few = World(), World()
    few.asked = few.asked[:_PEERS]
    _agree(world)
    rows = []
    for words, arms in (
        ("request given", [_dict_given(world), _gate_given(world)]),
        ("request made on the way", [_dict_made(world), _gate_made(world)]),
    ):
        times = race(arms, {"gate": "dict"}, narrow=0.01, clock=process_time)
        nanoseconds = times.median("gate") / _REQUESTS * 1e9
        work = f"a decision against a dict look-up, {words} ({nanoseconds:.0f} ns)"
        rows.append(_row(work, times.ratio("gate", "dict"), 1.5))
    peers = [_cedar(few), _casbin(few), replace(_gate_given(few), passes=10 * _PASSES)]
    times = race(
        peers,
        {"cedarpy": "gate", "casbin": "gate"},
        narrow=0.02,
        clock=process_time,
    )
    for peer in ("cedarpy", "casbin"):
        microseconds = times.median(peer) / _PEERS * 1e6
        work = f"times faster than {peer} ({microseconds:.0f} µs)"
        rows.append(_row(work, times.ratio(peer, "gate"), 150, at_least=True))
    return rows


def _row(
    work: str, figure: tuple[float, float, float], limit: float, *, at_least: bool = False
) -> Row:
    middle, low, high = figure
    return Row("B1", work, "times", middle, limit, low, high, at_least=at_least)


def _agree(world: World) -> None:
    """Every engine on all 20,000, once, in its own process time and untimed."""
    expected = _dict_given(world).run()
    share = sum(expected) / len(expected)
    if not 0.2 < share < 0.8:
        raise ValueError(f"{share:.0%} allowed: a world in which guessing would do")
    for arm in (_gate_given(world), _gate_made(world), _cedar(world), _casbin(world)):
        if arm.run() != expected:
            raise ValueError(f"`{arm.name}` does not agree with the dict")


Table = list[dict[Key, tuple[int, int]]]


def _table(world: World) -> Table:
    """What a good engineer would write: by base and request, the bits that need and refuse."""
    return [
        {
            (p, c, r): ((1 << world.bits[p]) if world.needs(p) else 0, 1 << world.bits[p])
            for p, c, r in world.granted(base)
        }
        for base in range(2)
    ]


def _allowed(table: Table, key: Key, person: Subject) -> bool:
    known = table[person[0]].get(key)
    if known is None:
        return False
    needed, refusing = known
    _, consented, objected, restricted, ceased = person
    return (
        consented & needed == needed
        and not objected & refusing
        and not restricted
        and (needed > 0 or not ceased)
    )


def _dict_given(world: World) -> Arm:
    table, asked = _table(world), _one_of_each(world, tuple)
    return Arm("dict", lambda: [_allowed(table, key, who) for key, who in asked], _PASSES)


def _dict_made(world: World) -> Arm:
    table = _table(world)
    asked = [(p, c, r, who) for (p, c, r), who in world.asked]
    return Arm("dict", lambda: [_allowed(table, (p, c, r), who) for p, c, r, who in asked], _PASSES)


def _one_of_each(world: World, make: Callable[[Key], Any]) -> list[tuple[Any, Subject]]:
    """The questions, equal ones being one object, as where code keeps what it asks."""
    known = {key: make(key) for key in {key for key, _ in world.asked}}
    return [(known[key], who) for key, who in world.asked]


def _request(key: Key) -> Request:
    purpose, category, recipient = key
    return Request(SHARE, category, purpose, None, recipient)


def _facts(world: World) -> dict[Subject, Facts]:
    return {subject: Facts(*subject) for subject in world.subjects}


def _gate_given(world: World) -> Arm:
    gate, facts = Gate(list(enumerate(world.versions)), world.bits), _facts(world)
    asked = [(one, facts[who]) for one, who in _one_of_each(world, _request)]
    return Arm("gate", lambda: [gate.decide(one, who).allowed for one, who in asked], _PASSES)


def _gate_made(world: World) -> Arm:
    gate, facts = Gate(list(enumerate(world.versions)), world.bits), _facts(world)
    asked = [(p, c, r, facts[who]) for (p, c, r), who in world.asked]

    def all_of_them() -> list[bool]:
        return [gate.decide(Request(SHARE, c, p, None, r), who).allowed for p, c, r, who in asked]

    return Arm("gate", all_of_them, _PASSES)


_CEDAR = """
permit (principal, action, resource) when {
  principal.purposes.contains(context.purpose) && principal.receives.contains(resource)
  && resource.purposes.contains(context.purpose) && !context.against
  && (resource.free.contains(context.purpose) || context.consented)
};
"""


def _cedar(world: World) -> Arm:
    """Policies and entities parsed beforehand, contexts written as JSON beforehand.

    One policy over sets in the entities, with the choices about the one purpose as booleans, was
    the fastest of three ways tried: handing over all choices took 1.3 times, and one policy for
    each recipient and purpose 2.3 times as long.
    """
    policies = cedarpy.PolicySet.from_str(_CEDAR)
    entities = cedarpy.Entities.from_json_str(json.dumps(_cedar_entities(world)))
    asked = []
    for (p, c, r), who in world.asked:
        consented, against = world.said(who, p)
        context = {"purpose": p, "consented": consented, "against": against}
        asked.append(
            {
                "principal": f'Recipient::"{r} since {who.base}"',
                "action": 'Action::"share"',
                "resource": f'Category::"{c}"',
                "context": json.dumps(context),
            }
        )
    return Arm(
        "cedarpy",
        lambda: [cedarpy.is_authorized(one, policies, entities).allowed for one in asked],
    )


def _cedar_entities(world: World) -> list[dict[str, Any]]:
    def entity(kind: str, name: str, **attributes: object) -> dict[str, Any]:
        return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}

    free = [p for p in _PURPOSES if not world.needs(p)]
    newest = world.versions[-1]
    found = [entity("Action", "share")]
    for c in _CATEGORIES:
        points = [one.purposes for one in newest.points.values() if c in one.categories]
        found.append(entity("Category", c, purposes=sorted({*chain(*points)}), free=free))
    for base, version in enumerate(world.versions):
        for r, to in version.recipients.items():
            receives = [{"__entity": {"type": "Category", "id": c}} for c in to.receives]
            name = f"{r} since {base}"
            found.append(entity("Recipient", name, purposes=sorted(to.purposes), receives=receives))
    return found


_CASBIN = """
[request_definition]
r = sub, obj, act, consented, against
[policy_definition]
p = sub, obj, act, free
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = MATCHER
"""
_CASBIN_MATCHER = (
    "r.act == p.act && r.obj == p.obj && r.sub == p.sub && !r.against "
    '&& (r.consented || p.free == "yes")'
)


def _casbin(world: World) -> Arm:
    """FastEnforcer, indexed so that one policy line is left to evaluate: its fastest way."""
    folder = Path(tempfile.mkdtemp(prefix="kept-casbin-"))
    (folder / "model.conf").write_text(_CASBIN.replace("MATCHER", _CASBIN_MATCHER))
    lines = [
        f"p, {r} since {base}, {c}, {p}, {'no' if world.needs(p) else 'yes'}"
        for base in range(2)
        for p, c, r in world.granted(base)
    ]
    (folder / "policy.csv").write_text("\n".join(lines))
    enforcer = casbin.FastEnforcer(
        str(folder / "model.conf"), str(folder / "policy.csv"), cache_key_order=(0, 1, 2)
    )
    asked = [(f"{r} since {who.base}", c, p, *world.said(who, p)) for (p, c, r), who in world.asked]
    return Arm("casbin", lambda: [enforcer.enforce(*one) for one in asked])
