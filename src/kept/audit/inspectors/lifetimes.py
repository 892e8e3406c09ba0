"""Cookies that outlive their clause, and refusals that are forgotten before their time.

Rules (UI-14, SC-28 to SC-31): Max-Age is held to the second; where only Expires is given it is the
difference of two clocks that show whole seconds, and two seconds are let through. A cookie that the
click on “refuse” set is what remembers the refusal: it must live at least as long as declared.
"""

from collections.abc import Iterator

from kept.audit.evidence import CookieSeen, Evidence, Seen
from kept.audit.findings import Finding
from kept.audit.inspectors import declared
from kept.audit.inspectors.cookies import described
from kept.policy import Cookie, Policy

_CLOCKS = 2.0
_DAY = 86_400


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each cookie that lives too long, each refusal that lives too short."""
    for seen in evidence.each():
        for one in (*seen.cookies, *seen.jar):
            clause = declared.cookie(policy, one.name)
            if clause is not None and _too_long(one, clause):
                yield _finding("cookie-too-long", seen, one, clause)
    yield from _forgotten(policy, evidence)


def _forgotten(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    refused, before = evidence.states.get("refused"), evidence.states.get("before choice")
    if refused is None or before is None:
        return
    earlier = {one.name for one in before.cookies}
    for one in refused.at_choice:
        clause = declared.cookie(policy, one.name)
        if clause and clause.necessary and one.name not in earlier and _too_short(one, clause):
            yield _finding("refusal-forgotten", refused, one, clause)


def _too_long(one: CookieSeen, clause: Cookie) -> bool:
    if one.seconds is None:
        return False
    longest = clause.longest.seconds
    slack = 0.0 if one.exact else _CLOCKS
    return longest is None or one.seconds > longest + slack


def _too_short(one: CookieSeen, clause: Cookie) -> bool:
    promised = clause.longest.seconds
    if promised is None:
        return False
    return one.seconds is None or one.seconds < promised - (0.0 if one.exact else _CLOCKS)


def _finding(kind: str, seen: Seen, one: CookieSeen, clause: Cookie) -> Finding:
    longest = clause.longest
    allowed = str(longest.period) if longest.period else f"{longest.kind} only"
    verb = "is kept" if one.source == "jar" else "is set for"
    says = f"“{one.name}” {verb} {length(one.seconds)}; the policy says {allowed}."
    pages = (one.page,) if one.page else ()
    return Finding(
        kind, one.name, f"cookies.{clause.id}", says, (seen.state,), pages, (described(one),)
    )


def length(seconds: float | None) -> str:
    """A length of time for people: `14.5 days (1,252,800 s)`."""
    if seconds is None:
        return "no longer than the browser is open"
    exact = f"{seconds:,.0f} s"
    return f"{seconds / _DAY:.4g} days ({exact})" if seconds >= _DAY else exact
