"""What a response may set in a browser, by the policy in force.

Rules (UI-06, UI-14): a cookie that no clause declares is not set; none outlives its clause; every
one is HttpOnly unless a page's own script must read it, SameSite at least Lax, and Secure outside
development. A cookie being deleted is always let through.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.cookies import Morsel, SimpleCookie
from typing import Literal

from kept import policy


@dataclass(frozen=True, slots=True)
class CookieDecision:
    """What happened to one cookie, and why. Never its value."""

    name: str
    outcome: Literal["set", "shortened", "refused"]
    reason: str


def hold_to_policy(
    cookies: "SimpleCookie", declared: "policy.Policy", *, secure: bool
) -> tuple[CookieDecision, ...]:
    """Remove, shorten and harden `cookies` in place; returns a decision for each."""
    decisions = [_decide(cookies[name], declared) for name in list(cookies)]
    for decision in decisions:
        if decision.outcome == "refused":
            del cookies[decision.name]
        else:
            _harden(cookies[decision.name], secure=secure)
    return tuple(decisions)


def refused(decisions: Iterable[CookieDecision]) -> tuple[CookieDecision, ...]:
    """Those that were not set."""
    return tuple(one for one in decisions if one.outcome == "refused")


def _decide(morsel: "Morsel[str]", declared: "policy.Policy") -> CookieDecision:
    name = morsel.key
    if _is_deletion(morsel):
        return CookieDecision(name, "set", "it is being deleted")
    clause = _clause(name, declared)
    if clause is None or clause.storage != "cookie":
        return CookieDecision(name, "refused", f"no `[cookies.{name}]` in the policy")
    longest = clause.longest.seconds
    if longest is None:
        shortened = bool(morsel["max-age"] or morsel["expires"])
        morsel["max-age"] = morsel["expires"] = ""
    else:
        shortened = not _within(morsel, longest)
        if shortened:
            morsel["max-age"], morsel["expires"] = longest, ""
    if shortened:
        return CookieDecision(name, "shortened", f"`lifetime` is {clause.lifetime.kind}")
    return CookieDecision(name, "set", "declared")


def _clause(name: str, declared: "policy.Policy") -> "policy.Cookie | None":
    """The clause of that name, else the first whose name is a pattern (`comment_*`) it fits."""
    if name in declared.cookies:
        return declared.cookies[name]
    patterns = (one for one in declared.cookies.values() if "*" in one.id)
    return next((one for one in patterns if fnmatchcase(name, one.id)), None)


def _is_deletion(morsel: "Morsel[str]") -> bool:
    return str(morsel["max-age"]) == "0" and not morsel.value


def _within(morsel: "Morsel[str]", longest: int) -> bool:
    if morsel["max-age"] != "":
        return int(morsel["max-age"]) <= longest
    return morsel["expires"] == ""


def _harden(morsel: "Morsel[str]", *, secure: bool) -> None:
    morsel["httponly"] = True
    if morsel["samesite"] not in ("Lax", "Strict"):
        morsel["samesite"] = "Lax"
    if secure:
        morsel["secure"] = True
