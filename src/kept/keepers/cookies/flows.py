"""What a response may set in a browser, by the policy in force and the visitor's choice.

Rules (UI-06, UI-14): a cookie that no clause declares is not set; an optional one waits until it is
accepted, and then stands on the whole of this host and on no other, so that it can be removed from
every page; none outlives its clause; every one is HttpOnly, SameSite at least Lax, and Secure
outside development. A cookie being deleted is always let through. A choice is `accept`, `refuse` or
the boxes that were ticked, and any other word is a refusal of what was not ticked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie
from typing import Literal

from django.utils.http import parse_http_date_safe

from kept import policy
from kept._kit import clock
from kept.keepers.cookies.choice import NAME, NONE, Choice, clause_of, optional, write

Outcome = Literal["set", "shortened", "undeclared", "not accepted"]


@dataclass(frozen=True, slots=True)
class CookieDecision:
    """What happened to one cookie, and why. Never its value."""

    name: str
    outcome: Outcome
    reason: str

    @property
    def refused(self) -> bool:
        """Whether the browser does not get it."""
        return self.outcome in ("undeclared", "not accepted")


@dataclass(frozen=True, slots=True)
class Remembered:
    """The cookie that remembers a choice: what stands in it, and for how many seconds."""

    value: str
    seconds: int | None


def choose(word: str, ticked: Sequence[str], declared: policy.Policy) -> Remembered | None:
    """What remembers the choice `word`, with the boxes `ticked`; None where nothing may remember.

    A policy with optional cookies and no clause for the choice is an error of the checks (D001).
    """
    clause = declared.cookies.get(NAME)
    if clause is None:
        return None
    ids = {one.id for one in optional(declared)}
    accepted = {"accept": ids, "refuse": set[str]()}.get(word, ids & set(ticked))
    return Remembered(write(accepted, declared), clause.longest.seconds)


def hold_to_policy(
    cookies: SimpleCookie, declared: policy.Policy, choice: Choice = NONE, *, secure: bool
) -> tuple[CookieDecision, ...]:
    """Remove, shorten and harden `cookies` in place; returns a decision for each."""
    decisions = [_decide(cookies[name], declared, choice) for name in list(cookies)]
    for decision in decisions:
        if decision.refused:
            del cookies[decision.name]
        else:
            _harden(cookies[decision.name], secure=secure)
    return tuple(decisions)


def undeclared(decisions: Iterable[CookieDecision]) -> tuple[CookieDecision, ...]:
    """Those that no clause declares: somebody's code is wrong, or the policy is."""
    return tuple(one for one in decisions if one.outcome == "undeclared")


def _decide(morsel: "Morsel[str]", declared: policy.Policy, choice: Choice) -> CookieDecision:
    name = morsel.key
    if _is_deletion(morsel):
        return CookieDecision(name, "set", "it is being deleted")
    clause = clause_of(name, declared)
    if clause is None or clause.storage != "cookie":
        return CookieDecision(name, "undeclared", f"no `[cookies.{name}]` in the policy")
    if clause.opt_in:
        if clause.id not in choice.accepted:
            return CookieDecision(name, "not accepted", "it is optional and was not accepted")
        morsel["path"], morsel["domain"] = "/", ""
    if _shorten(morsel, clause.longest.seconds):
        return CookieDecision(name, "shortened", f"its lifetime is {clause.lifetime.kind}")
    return CookieDecision(name, "set", "declared")


def _shorten(morsel: "Morsel[str]", longest: int | None) -> bool:
    """Cut its life to `longest` seconds (None: until the browser closes). True if it was longer.

    A date becomes a time to live, so that a browser's clock makes nothing of it.
    """
    lives = _lives(morsel)
    fits = lives is None or (longest is not None and lives <= longest)
    left = lives if fits else longest
    morsel["max-age"], morsel["expires"] = "" if left is None else left, ""
    return not fits


def _is_deletion(morsel: "Morsel[str]") -> bool:
    """A time that is over: no browser keeps it, and a browser that has it removes it."""
    lives = _lives(morsel)
    return lives is not None and lives <= 0


def _lives(morsel: "Morsel[str]") -> int | None:
    """Seconds, as a browser reads them: `Max-Age` before `Expires`, and neither if malformed."""
    written = str(morsel["max-age"])
    if written.removeprefix("-").isdecimal():
        return int(written)
    date = parse_http_date_safe(str(morsel["expires"]))
    return None if date is None else int(date - clock.now().timestamp())


def _harden(morsel: "Morsel[str]", *, secure: bool) -> None:
    morsel["httponly"] = True
    if morsel["samesite"] not in ("Lax", "Strict"):
        morsel["samesite"] = "Lax"
    if secure:
        morsel["secure"] = True
