"""The seven rules, asked of one compiled request and the facts. This file is the decision.

1. Everything that the request names is declared.
2. No `[never]` ban applies. Forbidding wins, whatever else permits.
3. The person is old enough, where their age is known.
4. The base version (the one the data stands under) and every version after it allow it.
5. The person's choices allow it: consent where it is needed, objection, restriction, stop.
6. No honoured signal of their browser stops it.
7. It goes to declared places only, and the recipient's own conditions are established.

Default deny: every rule must pass. Rules 1, 2 and what versions say of 4 and 7 do not depend on the
facts and are worked out when the request is compiled (`version.py`, `entry.py`). Order does not
matter: all rules are asked, none is skipped. An error denies, with a decision that says so.
"""

from collections.abc import Iterator
from typing import Final

from kept.gate.asked import Facts, Request
from kept.gate.clauses import is_met, place_covers
from kept.gate.decision import Decision, RuleHit
from kept.gate.entry import Entry, missing


def decide(entry: Entry, facts: Facts, unknown: frozenset[int]) -> Decision:
    """Ask every rule. `unknown`: ordinals between the known versions that are not known."""
    if entry.closed is not None:  # rules 1 and 2, and no clause at all
        return entry.closed
    if entry.built_in is not None:
        hits = tuple(_own(entry, facts))
    else:
        hits = (
            *_rule_3_age(entry, facts),
            *_rule_4_versions(entry, facts, unknown),
            *_rule_5_choices(entry, facts),
            *_rule_6_signals(entry, facts),
            *_rule_7_place(entry, facts),
        )
    return entry.denial(hits) if hits else entry.allowed


def error(request: Request, problem: Exception) -> Decision:
    """The denial for a question that could not be decided. Names the kind of error, no values."""
    hit = RuleHit(0, False, "", f"an error denies: {type(problem).__name__}")
    return Decision(False, (hit,), (missing(hit),), request)


def moment_denies_until(entry: Entry, moment: Facts) -> int:
    """The last base for which rules 3, 6 and 7 deny at this moment, whoever the subject is.

    -1 where they deny none; they look at the base only as "at or before", so this is exact.
    """
    untils = [-1]
    if moment.age is not None:
        untils += [until for minimum, until in entry.age_until.items() if moment.age < minimum]
    untils += [until for signal, until in entry.signal_until.items() if signal in moment.signals]
    if moment.place is not None:
        untils += [
            until
            for until, places in entry.places_until
            if not any(place_covers(one, moment.place) for one in places)
        ]
    untils += [
        until for condition, until in entry.met_until.items() if not is_met(condition, moment.met)
    ]
    return max(untils)


_OWN: Final = RuleHit(5, False, "own-data", "only the person whose data it is may open it")
_YOUNG: Final = RuleHit(3, False, "age", "the person is younger than the policy's minimum age")
_UNKNOWN: Final = RuleHit(4, False, "", "it is not known under which version the data stands")
_PLACE: Final = RuleHit(7, False, "policy.places", "it would go to an undeclared place")


def _own(entry: Entry, facts: Facts) -> Iterator[RuleHit]:
    if entry.built_in is not None and entry.built_in.own_only and facts.own is not True:
        yield _OWN


def _rule_3_age(entry: Entry, facts: Facts) -> Iterator[RuleHit]:
    if facts.age is not None and any(
        facts.age < minimum and _binds(until, facts) for minimum, until in entry.age_until.items()
    ):
        yield _YOUNG


def _rule_4_versions(entry: Entry, facts: Facts, unknown: frozenset[int]) -> Iterator[RuleHit]:
    base = facts.base
    if base is None or base > entry.high or base in unknown:
        yield _UNKNOWN
    elif base < entry.low:
        yield RuleHit(4, False, "", f"a version before {entry.low} that binds it does not allow it")


def _rule_5_choices(entry: Entry, facts: Facts) -> Iterator[RuleHit]:
    clause = f"purposes.{entry.request.purpose}"
    if _binds(entry.consent_until, facts) and not facts.consented & entry.bit:
        yield RuleHit(5, False, clause, "there is no consent")
    if _binds(entry.objection_until, facts) and facts.objected & entry.bit:
        yield RuleHit(5, False, clause, "the person objected")
    if _binds(entry.restricted_until, facts) and facts.restricted is not False:
        yield RuleHit(5, False, "", "processing is restricted; this does not remain possible")
    if _binds(entry.ceased_until, facts) and facts.ceased is not False:
        yield RuleHit(5, False, "", "processing was stopped; this does not remain possible")


def _rule_6_signals(entry: Entry, facts: Facts) -> Iterator[RuleHit]:
    for signal, until in sorted(entry.signal_until.items()):
        if signal in facts.signals and _binds(until, facts):
            yield RuleHit(6, False, "signals", f"the browser says `{signal}`, which is honoured")


def _rule_7_place(entry: Entry, facts: Facts) -> Iterator[RuleHit]:
    if facts.place is not None and any(
        _binds(until, facts) and not any(place_covers(one, facts.place) for one in places)
        for until, places in entry.places_until
    ):
        yield _PLACE
    for condition, until in sorted(entry.met_until.items()):
        if not is_met(condition, facts.met) and _binds(until, facts):
            clause = f"recipients.{entry.request.recipient}"
            yield RuleHit(7, False, clause, f"its {condition} is not established")


def _binds(until: int, facts: Facts) -> bool:
    """Whether what versions up to `until` ask binds this data; an unknown base is bound by all."""
    return facts.base is None or facts.base <= until
