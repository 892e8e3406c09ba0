"""What the software must be able to do for each sentence of a policy to be true.

Rules: an ability has one name; a sentence that needs an ability nobody has is *declared, not kept
yet*, and is said to be so; a kind of clause that is not listed here needs an ability of its own
name, so that a new clause is never taken for kept by omission. Words of the operator's own (texts,
contacts) need to stand posted as they were worded; a safeguard also needs what it is proven by.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from kept.policy import Collection, Policy
from kept.policy.prose import document

GATE = "decide"
"""Open data only for declared purposes, to declared recipients."""
CONSENT = "record consent"
COOKIES = "hold cookies to their clauses"
PUBLISH = "publish with a notice and a moderator"
DISCLOSE = "disclose on an occasion"
HOLD = "keep what a hold covers"
LAW = "keep what a law asks for"
RETAIN = "delete when its time is over"
SHARE = "send to recipients"
VISITS = "count visits without linking them"
POST = "post versions"

Needs = frozenset[str]
_NOTHING: Needs = frozenset()
_STATEMENTS = frozenset({"contacts", "law", "terms", "text"})


@lru_cache(maxsize=32)
def needs(policy: Policy) -> Mapping[str, Needs]:
    """Promise id -> the abilities it takes, in the order of the prose."""
    return {one.id: _of(policy, one.id) for one in document(policy).sentences}


def collecting(point: str) -> str:
    """The ability to collect at one point: some page, mailbox or import really does."""
    return f"collect at {point}"


def right(id: str) -> str:
    """The ability to carry out one right."""
    return f"carry out {id}"


def care(name: str) -> str:
    """The ability behind a safeguard, such as `backups`."""
    return f"care by {name}"


def _of(policy: Policy, promise: str) -> Needs:
    section, _dot, id = promise.partition(".")
    if section in _STATEMENTS or promise == "policy.places":
        return frozenset({POST})
    if section in _BY_SECTION:
        return _BY_SECTION[section](policy, id)
    return frozenset({promise})


def _collect(policy: Policy, id: str) -> Needs:
    if not id:
        return frozenset({CONSENT})
    point = policy.collect[id]
    return frozenset({collecting(id), *_publication(point), *_end(point)})


def _publication(point: Collection) -> Needs:
    return frozenset({PUBLISH}) if point.public else _NOTHING


def _end(point: Collection) -> Needs:
    return _NOTHING if point.keep.kind == "indefinitely" else frozenset({RETAIN})


def _recipients(policy: Policy, id: str) -> Needs:
    if not id:
        return frozenset({GATE})
    return frozenset({PUBLISH if policy.recipients[id].kind == "public" else SHARE})


def _never(policy: Policy, id: str) -> Needs:
    return frozenset({VISITS if policy.never[id].join else GATE})


def _safeguards(policy: Policy, id: str) -> Needs:
    return frozenset({POST, *(care(one) for one in policy.safeguards[id].proven_by)})


def _rights(policy: Policy, id: str) -> Needs:
    ids = [id] if id else list(policy.rights)
    return frozenset(right(one) for one in ids)


_BY_SECTION: Mapping[str, Callable[[Policy, str], Needs]] = {
    "collect": _collect,
    "cookies": lambda _policy, _id: frozenset({COOKIES}),
    "disclosures": lambda _policy, id: frozenset({DISCLOSE if id else GATE}),
    "holds": lambda _policy, _id: frozenset({HOLD}),
    "never": _never,
    "policy": lambda _policy, id: frozenset({POST, f"note {id}"}),
    "purposes": lambda _policy, _id: frozenset({GATE}),
    "recipients": _recipients,
    "rights": _rights,
    "safeguards": _safeguards,
    "statutes": lambda _policy, _id: frozenset({LAW}),
    "visits": lambda _policy, _id: frozenset({VISITS}),
}
