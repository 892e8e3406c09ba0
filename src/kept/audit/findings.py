"""What is wrong, clause by clause: one finding for each thing that differs from the policy.

Rules: every finding names the clause (the promise id of the sentence that is not true), the states
in which it was seen and the pages; the same thing seen in five states is one finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from kept.audit.evidence import State

KINDS: Final = MappingProxyType(
    {
        "cookie-undeclared": "A cookie that the policy does not name",
        "cookie-too-long": "A cookie that lives longer than the policy says",
        "cookie-without-choice": "An optional cookie that nobody chose",
        "refusal-forgotten": "A refusal that is remembered for a shorter time than the policy says",
        "storage-undeclared": "Something kept in the browser that the policy does not name",
        "storage-without-choice": "Something optional kept in the browser that nobody chose",
        "host-undeclared": "A request to somebody whom the policy does not name",
        "host-without-choice": "A request to somebody that needs consent, without it",
        "embed-without-choice": "Content of another site, loaded before anybody chose it",
        "beacon-undeclared": "A message sent aside that the policy does not name",
        "signal-ignored": "A privacy signal that the policy honours and the site does not",
        "signal-file-differs": "`/.well-known/gpc.json` says something else than the policy",
        "identifier-respawned": "An identifier that comes back after everything was cleared",
        "etag-identifies": "A cache tag that is another one in each browser",
        "field-undeclared": "A form field that the policy does not name",
        "box-ticked": "A box of agreement that stands ticked",
        "policy-page-missing": "No privacy policy is linked from the pages",
        "policy-page-undated": "The policy page does not show the policy's dates",
    }
)
"""Every kind of finding, with its title."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between the policy and what was seen."""

    kind: str
    subject: str
    """The cookie, the host, the field … that it is about."""
    clause: str
    """The promise id of the sentence that is not true: `cookies.sessionid`, `recipients`, …"""
    says: str
    """In one sentence, for people."""
    states: tuple[State, ...] = ()
    pages: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """Header lines, chains of addresses and the like, as seen."""

    @property
    def title(self) -> str:
        """What kind of thing it is."""
        return KINDS[self.kind]


_MOST = 8


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each kind, subject and clause, by kind and subject."""
    found: dict[tuple[str, str, str], Finding] = {}
    for one in findings:
        key = (one.kind, one.subject, one.clause)
        first = found.get(key)
        found[key] = one if first is None else _both(first, one)
    order = list(KINDS)
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.kind), one.subject)))


def _both(first: Finding, second: Finding) -> Finding:
    return replace(
        first,
        states=tuple(dict.fromkeys((*first.states, *second.states))),
        pages=tuple(dict.fromkeys((*first.pages, *second.pages)))[:_MOST],
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence)))[:_MOST],
    )
