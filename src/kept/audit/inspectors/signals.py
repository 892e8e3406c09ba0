"""Do Not Track and Global Privacy Control: what an honoured signal stops must not happen.

Rules (SC-36): looked at only where the policy honours the signal, in the state that sends it. What
waits for a choice anyway is the other inspectors' business; here it is what needs none and serves
only purposes that the signal stops. `/.well-known/gpc.json`, where there is one, says the same.
"""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from kept.audit.evidence import Evidence, Seen
from kept.audit.findings import Finding
from kept.audit.inspectors import declared
from kept.policy import Policy


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each thing that a signal should have stopped."""
    for state in declared.honoured(policy):
        if (seen := evidence.states.get(state)) is not None:
            for subject, page, what in _stopped(policy, evidence, seen):
                says = f"{what}, though the browser sends the signal that the policy honours."
                yield Finding(
                    "signal-ignored", subject, f"signals.{state}", says, (state,), (page,)
                )
    yield from _file(policy, evidence)


def _stopped(policy: Policy, evidence: Evidence, seen: Seen) -> Iterator[tuple[str, str, str]]:
    for one in seen.cookies:
        clause = declared.cookie(policy, one.name)
        if clause and clause.necessary and declared.stopped(policy, clause.purposes):
            yield one.name, one.page, f"The cookie “{one.name}” is set"
    for exchange in seen.exchanges:
        named = None if evidence.own(exchange.host) else declared.host(policy, exchange.host)
        if named and not named.waits and declared.stopped(policy, named.purposes):
            yield exchange.host, exchange.page, f"The browser is sent to {exchange.host}"
    purposes = policy.visits.purposes if policy.visits else ()
    for beacon in seen.beacons:
        host = urlsplit(beacon.url).hostname or ""
        if evidence.own(host) and declared.stopped(policy, purposes):
            yield beacon.url, beacon.page, f"A message is sent aside to {beacon.url}"


def _file(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    if evidence.gpc is None:
        return
    try:
        said = json.loads(evidence.gpc)
    except ValueError:
        said = None
    honours = policy.signals.global_privacy_control == "honoured"
    if not isinstance(said, dict) or said.get("gpc") is not honours:
        shown = " ".join(evidence.gpc.split())[:120]
        yield Finding(
            "signal-file-differs",
            "/.well-known/gpc.json",
            "signals.global-privacy-control",
            f"The file should say `gpc: {str(honours).lower()}`.",
            evidence=(shown,),
        )
