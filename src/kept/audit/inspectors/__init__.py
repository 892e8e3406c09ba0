"""Inspectors: each compares one kind of evidence with the policy and yields findings.

One lifecycle for all: `inspect(policy, evidence)`. None of them opens anything.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from kept.audit.evidence import Evidence
from kept.audit.findings import Finding, merged
from kept.audit.inspectors import (
    beacons,
    boxes,
    cookies,
    fields,
    hosts,
    lifetimes,
    posting,
    respawn,
    signals,
    storage,
)
from kept.policy import Policy

__all__ = ["INSPECTORS", "Inspector", "inspect"]


class Inspector(Protocol):
    """What each module of this folder is."""

    def inspect(self, policy: Policy, evidence: Evidence) -> Iterable[Finding]:
        """What differs from the policy."""


INSPECTORS: Sequence[Inspector] = (
    cookies,
    lifetimes,
    storage,
    hosts,
    beacons,
    signals,
    respawn,
    fields,
    boxes,
    posting,
)


def inspect(policy: Policy, evidence: Evidence) -> tuple[Finding, ...]:
    """Every finding of every inspector, the same thing once."""
    return merged(found for one in INSPECTORS for found in one.inspect(policy, evidence))
