"""Beacons to the site itself: they record visits, so `[visits]` must name the page they come from.

Rules (UI-04, UI-07, SC-07): without `[visits]` nothing is sent aside; with it, from its routes
only, and where its purposes rest on consent only after a choice. Beacons to others are requests to
them: the hosts' inspector judges those.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from kept.audit.evidence import BeaconSeen, Evidence, Seen
from kept.audit.findings import Finding
from kept.audit.inspectors import declared
from kept.policy import Policy


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each address that beacons go to."""
    for seen in evidence.each():
        for one in seen.beacons:
            if not evidence.own(urlsplit(one.url).hostname or ""):
                continue
            if not _recorded(policy, one.page):
                why = "the policy records no visits there"
                yield _finding("beacon-undeclared", one, seen, why)
            elif declared.visits_wait(policy) and seen.state in declared.WITHOUT_CHOICE:
                yield _finding("beacon-undeclared", one, seen, "nobody has agreed to that yet")


def _recorded(policy: Policy, page: str) -> bool:
    path = urlsplit(page).path or "/"
    routes = policy.visits.routes if policy.visits else ()
    return any(fnmatchcase(path, route) for route in routes)


def _finding(kind: str, one: BeaconSeen, seen: Seen, why: str) -> Finding:
    address = urlsplit(one.url)._replace(query="", fragment="").geturl()
    says = f"A page sends a message aside to {address} ({one.how}), and {why}."
    return Finding(kind, address, "visits", says, (seen.state,), (one.page,), (one.how,))
