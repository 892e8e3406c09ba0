"""Cookies that the policy does not name, and optional ones that nobody chose.

Rules (UI-06, SC-34): an optional cookie may be set after acceptance only; before any choice, after
a refusal, after a withdrawal it may neither be set nor stay. A cookie that has nothing in it is
still a cookie.
"""

from collections.abc import Iterator

from kept.audit.evidence import CookieSeen, Evidence, Seen
from kept.audit.findings import Finding
from kept.audit.inspectors import declared
from kept.policy import Policy


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each cookie, in all states together."""
    for seen in evidence.each():
        for one in (*seen.cookies, *seen.jar):
            clause = declared.cookie(policy, one.name)
            if clause is None:
                yield _undeclared(seen, one, evidence)
            elif clause.opt_in and seen.state in declared.WITHOUT_CHOICE:
                says = f"“{one.name}” is optional; it {_how(one)} {_when(seen.state)}"
                yield _finding("cookie-without-choice", f"cookies.{clause.id}", says, seen, one)


def _undeclared(seen: Seen, one: CookieSeen, evidence: Evidence) -> Finding:
    whose = "" if evidence.own(one.host) else f" for {one.host}"
    says = f"“{one.name}” is set{whose}, and no clause of the policy names it"
    return _finding("cookie-undeclared", "cookies", says, seen, one)


def _finding(kind: str, clause: str, says: str, seen: Seen, one: CookieSeen) -> Finding:
    pages = (one.page,) if one.page else ()
    return Finding(kind, one.name, clause, f"{says}.", (seen.state,), pages, (described(one),))


def described(one: CookieSeen) -> str:
    """The cookie in one line, without its value."""
    length = "until the browser closes" if one.seconds is None else f"{one.seconds:,.0f} s"
    flags = " HttpOnly" if one.http_only else ""
    places = {"header": "a header", "script": "a script", "jar": "the browser"}
    return f"{one.name} from {places[one.source]}, {one.host}{one.path}, {length}{flags}"


def _how(one: CookieSeen) -> str:
    return "is there" if one.source == "jar" else "is set"


def _when(state: str) -> str:
    words = {"refused": "after a refusal", "withdrawn": "after consent was taken back"}
    return words.get(state, "before any choice")
