"""Promise by promise: which sentences of the policy an audit could hold to what it saw.

Rules: "agrees" is said only where the thing that the clause is about was seen (its cookie set, its
form open, its host asked), or where the sentence forbids something and every page was looked at
without finding it; a clause whose subject never came up is "not seen", never "agrees".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kept.audit.evidence import Evidence, Seen
from kept.audit.findings import Finding
from kept.audit.inspectors import declared, fields
from kept.policy import Policy

Outcome = Literal["agrees", "differs", "not seen"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One clause and what became of it."""

    clause: str
    outcome: Outcome


def promises(
    policy: Policy, evidence: Evidence, findings: Iterable[Finding]
) -> tuple[Promise, ...]:
    """Every clause that can be seen from outside, in the policy's order."""
    broken = {one.clause for one in findings}
    seen = set(_seen(policy, evidence))
    clauses = dict.fromkeys([*_visible(policy), *sorted(broken)])
    return tuple(Promise(one, _outcome(one, broken, seen)) for one in clauses)


def _outcome(clause: str, broken: set[str], seen: set[str]) -> Outcome:
    if clause in broken:
        return "differs"
    return "agrees" if clause in seen else "not seen"


def _visible(policy: Policy) -> Iterator[str]:
    """The clauses that show in a browser."""
    yield from (f"collect.{id}" for id, one in policy.collect.items() if one.channel == "form")
    yield "visits"
    yield "cookies"
    yield from (f"cookies.{id}" for id in policy.cookies)
    yield from (f"embeds.{id}" for id in policy.embeds)
    yield "recipients"
    yield from (f"recipients.{id}" for id, one in policy.recipients.items() if one.hosts)
    yield from (f"signals.{state}" for state in declared.honoured(policy))
    yield "policy.agreement"


def _seen(policy: Policy, evidence: Evidence) -> Iterator[str]:
    """The clauses whose subject came up; those that forbid did once all was looked at."""
    whole = all(one.reached in ("yes", "not needed") for one in evidence.states.values())
    if whole:
        yield from ("visits", "cookies", "recipients")
    yield from (f"signals.{s}" for s in declared.honoured(policy) if _reached(evidence, s))
    if evidence.policy_page is not None:
        yield "policy.agreement"
    for seen in evidence.each():
        for form in seen.forms:
            yield fields.point(policy, list(form.fields))[0]
        yield from _kept_in_browser(policy, seen)
        for host in {one.host for one in seen.exchanges}:
            if (named := declared.host(policy, host)) is not None:
                yield named.clause


def _kept_in_browser(policy: Policy, seen: Seen) -> Iterator[str]:
    names = [(one.name, "cookie") for one in (*seen.cookies, *seen.jar)]
    for name, where in {*names, *((one.name, one.where) for one in seen.stored)}:
        if (clause := declared.cookie(policy, name, where)) is not None:
            yield f"cookies.{clause.id}"


def _reached(evidence: Evidence, state: str) -> bool:
    return any(one.state == state and one.reached == "yes" for one in evidence.states.values())
