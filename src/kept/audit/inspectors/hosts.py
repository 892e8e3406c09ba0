"""Requests to others: hosts that no clause names, and those that must wait for a choice.

Rules (UI-11, SC-32, design: what the policy does not name, the browser does not contact): every hop
of a redirect chain counts; so does a connection opened ahead of need; the site's own host and its
sub-hosts are the site. A recipient waits where all its purposes rest on consent, an embed where it
loads on choice.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from kept.audit.evidence import Evidence, Exchange, Seen
from kept.audit.findings import Finding
from kept.audit.inspectors import declared
from kept.policy import Policy


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each host, in all states together."""
    for seen in evidence.each():
        for exchange in seen.exchanges:
            how = f"{exchange.method} {chain(exchange, seen)} ({exchange.kind})"
            yield from _judge(
                policy, evidence, seen, host=exchange.host, page=exchange.page, how=how
            )
        for scripts in seen.scripts:
            for hint in scripts.hints:
                host = urlsplit(hint).hostname or ""
                how = f"a connection opened ahead of need: {hint}"
                yield from _judge(policy, evidence, seen, host=host, page=scripts.page, how=how)


def _judge(
    policy: Policy, evidence: Evidence, seen: Seen, *, host: str, page: str, how: str
) -> Iterator[Finding]:
    if not host or evidence.own(host):
        return
    named = declared.host(policy, host)
    states, pages, evidence_lines = (seen.state,), (page,), (how,)
    if named is None:
        says = f"The browser is sent to {host}, and no clause of the policy names it."
        yield Finding("host-undeclared", host, "recipients", says, states, pages, evidence_lines)
    elif named.waits and seen.state in declared.WITHOUT_CHOICE:
        kind = "embed-without-choice" if named.kind == "embed" else "host-without-choice"
        says = f"The browser is sent to {host} though nobody chose it."
        yield Finding(kind, host, named.clause, says, states, pages, evidence_lines)


def chain(exchange: Exchange, seen: Seen) -> str:
    """The addresses that led to this request, without their queries: `a → b → c`."""
    hops, before = [exchange.url], exchange.came_from
    earlier = {one.url: one.came_from for one in seen.exchanges}
    while before and before not in hops:
        hops.insert(0, before)
        before = earlier.get(before, "")
    return " → ".join(urlsplit(one)._replace(query="", fragment="").geturl() for one in hops)
