"""Identifiers that survive: back after clearing, or carried by the browser's cache.

Rules: a value is an identifier when another new browser got another one; it has come back when,
after cookies and storage were cleared and only the cache was kept, the same value stands again. A
cache tag identifies when the same bytes came with a different ETag in every new browser.
"""

from collections import defaultdict
from collections.abc import Iterator

from kept.audit.evidence import Evidence, Exchange, Seen
from kept.audit.findings import Finding
from kept.policy import Policy

_SHORTEST = 6
"""Characters below which a value is a setting and no identifier."""


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each identifier that came back, and for each tag that is one."""
    before, after = evidence.states.get("before choice"), evidence.states.get("data cleared")
    other = evidence.states.get("another browser")
    if before and after and other:
        yield from _back(before, after, other)
    yield from _tags(evidence)


def _back(before: Seen, after: Seen, other: Seen) -> Iterator[Finding]:
    first, again, elsewhere = (_values(one) for one in (before, after, other))
    tags = [one for one in after.exchanges if one.asked("if-none-match")]
    lines = tuple(f"sent If-None-Match: {t.asked('if-none-match')} to {t.url}" for t in tags[:3])
    for (where, name), values in again.items():
        returned = values & first.get((where, name), set())
        if returned - elsewhere.get((where, name), set()):
            says = f"“{name}” ({where}) has its old value again after everything was cleared."
            yield Finding(
                "identifier-respawned", name, "cookies", says, ("data cleared",), (), lines
            )


def _values(seen: Seen) -> dict[tuple[str, str], set[str]]:
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in (*seen.cookies, *seen.jar):
        found["cookie", one.name].add(one.value)
    for item in seen.stored:
        found[item.where, item.name].add(item.value)
    return {key: {v for v in values if len(v) >= _SHORTEST} for key, values in found.items()}


def _tags(evidence: Evidence) -> Iterator[Finding]:
    """The same bytes, another tag in each of the two browsers and never twice the same."""
    states = [evidence.states.get("before choice"), evidence.states.get("another browser")]
    tagged: defaultdict[tuple[str, str], list[Exchange]] = defaultdict(list)
    for one in (exchange for seen in states if seen for exchange in seen.exchanges):
        if one.digest and one.kind != "document":
            tagged[one.url, one.digest].append(one)
    for (url, _), exchanges in tagged.items():
        tags = {one.answer("etag") for one in exchanges}
        if len(tags) == len(exchanges) > 1:
            says = f"{url} has the same content for everybody and another cache tag for each."
            yield Finding(
                "etag-identifies",
                url,
                "cookies",
                says,
                ("before choice", "another browser"),
                (exchanges[0].page,),
                tuple(f"ETag: {tag}" for tag in sorted(tags)[:3]),
            )
