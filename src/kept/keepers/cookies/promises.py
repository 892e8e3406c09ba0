"""How the cookies keeper is proven: our own pages are asked for, and the guard is tried.

Rules (UI-06, UI-14): a cookie's sentence is held against what really comes back; what no clause
declares must not pass; a signal that is honoured must stop what it stops.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import Morsel, SimpleCookie
from itertools import chain

from django.conf import settings as django_settings
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse

from kept import gate
from kept.conf import settings
from kept.keepers.cookies import choice, flows
from kept.promises import visiting
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import COOKIES
from kept.promises.promise import Promise
from kept.promises.proving import check, once

SIGNALS: Mapping[str, str] = {
    "signals.do-not-track": "do-not-track",
    "signals.global-privacy-control": "global-privacy-control",
}
"""Ability and the gate's word for it."""

_GUARD = "kept.keepers.cookies.middleware.ResponseGuard"
_PAGES = ("kept_promises:policy", "account:login", "kept_cookies:page")
_YEARS = 10 * 365 * 86_400
_SIGNAL_RULE = 6


@check(COOKIES)
def pages_set_what_is_declared(promise: Promise, _carried: Figures) -> Evidence:
    """Our pages set this cookie as its clause says, and none that no clause names."""
    pages = once("pages that set cookies", _ask)
    if promise.clause:
        return _one(promise, [page.cookies for page in pages])
    if _GUARD not in django_settings.MIDDLEWARE:
        return broken(f"`{_GUARD}` is not in MIDDLEWARE: nothing holds cookies to the policy")
    seen = sorted(set(chain.from_iterable(page.cookies for page in pages)))
    figures = {"pages": len(pages), "cookies set": len(seen)}
    undeclared = [one for one in seen if choice.clause_of(one, promise.policy) is None]
    if undeclared:
        return broken(f"`{undeclared[0]}` is set and no clause declares it", figures)
    if "kept-no-such-cookie" in _tried(promise, "kept-no-such-cookie"):
        return broken("a cookie that no clause declares would be set", figures)
    return kept("our pages set only declared cookies, and no other would pass", figures)


def _one(promise: Promise, responses: list[SimpleCookie]) -> Evidence:
    clause = promise.policy.cookies[promise.clause]
    longest = clause.longest.seconds
    name = promise.clause.replace("*", "1")
    found = [one[name] for one in responses if name in one]
    figures = {"times set": len(found)}
    for morsel in (*found, *_tried(promise, name).values()):
        wrong = _wrong(morsel, longest)
        if wrong:
            return broken(f"`{name}` {wrong}", figures)
    if clause.opt_in and name in _tried(promise, name):
        return broken(f"`{name}` would be set before anybody chose it", figures)
    return kept("it lives no longer than declared, and scripts cannot read it", figures)


def _wrong(morsel: "Morsel[str]", longest: int | None) -> str:
    lives = int(morsel["max-age"]) if morsel["max-age"] != "" else None
    if lives is None and morsel["expires"]:
        return "ends at a date instead of after its time"
    if lives is not None and lives > (longest or 0):
        return f"lives {lives} seconds, longer than declared"
    if not morsel["httponly"] or morsel["samesite"] not in ("Lax", "Strict"):
        return "is open to scripts or to other sites"
    if settings().production and not morsel["secure"]:
        return "would go over an open line"
    return ""


def _tried(promise: Promise, name: str) -> SimpleCookie:
    """What the guard leaves of a cookie of that name that wants to live ten years."""
    wish = SimpleCookie()
    wish[name] = "tried"
    wish[name]["max-age"] = _YEARS
    flows.hold_to_policy(wish, promise.policy, secure=settings().production)
    return wish


def _ask() -> list[HttpResponse]:
    found = []
    for name in _PAGES:
        try:
            found.append(visiting.ask(reverse(name)))
        except NoReverseMatch:
            continue  # the host does not have that page
    return found


@check("signals.")
def signal_is_answered(promise: Promise, _carried: Figures) -> Evidence | None:
    """The gate refuses what an honoured signal stops, and `gpc.json` says what the gate does."""
    word = SIGNALS.get(promise.id)
    if word is None:
        return None
    honoured = _answers(promise)[word] == "honoured"
    requests = _stopped(promise)
    facts = gate.Facts(base=gate.in_force().in_force[0], signals=frozenset({word}))
    stopped = sum(_stops(gate.in_force().decide(one, facts)) for one in requests)
    figures = {"decisions asked": len(requests), "stopped by the signal": stopped}
    if stopped != (len(requests) if honoured else 0):
        return broken(f"`{word}` does not stop what the clause says", figures)
    if word == SIGNALS["signals.global-privacy-control"]:
        said = visiting.ask("/.well-known/gpc.json")
        if said.status_code != HTTPStatus.OK or json.loads(said.content)["gpc"] is not honoured:
            return broken("`/.well-known/gpc.json` does not say what the gate does", figures)
    return kept("the gate answers the signal as the clause says", figures)


@check("signals")
def later_answer_is_posted(promise: Promise, _carried: Figures) -> Evidence | None:
    """What the clause adds in its own words stands posted: nothing is done about it yet."""
    return kept("it is a statement") if promise.id == "signals" else None


def _answers(promise: Promise) -> Mapping[str, str]:
    declared = promise.policy.signals
    return {
        "do-not-track": declared.do_not_track,
        "global-privacy-control": declared.global_privacy_control,
    }


def _stopped(promise: Promise) -> list[gate.Request]:
    """Everything that is collected, unasked, for a purpose that a signal stops."""
    wanted = {
        id
        for id in promise.policy.stopped_by_signals
        if promise.policy.purposes[id].basis != "consent"  # whoever agreed to it outweighs it
    }
    found = [
        gate.Request(gate.COLLECT, category, purpose, id)
        for id, point in promise.policy.collect.items()
        for purpose in point.purposes
        for category in dict.fromkeys(point.fields.values())
        if purpose in wanted
    ]
    visits = promise.policy.visits
    for purpose in visits.purposes if visits else ():
        if visits and purpose in wanted:
            found += [gate.Request(gate.COLLECT, one, purpose, "visits") for one in visits.collect]
    return found


def _stops(decision: gate.Decision) -> bool:
    return any(hit.rule == _SIGNAL_RULE and not hit.allows for hit in decision.rules)
