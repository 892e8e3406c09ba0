"""Runs one audit from end to end: journeys, then inspectors."""

from pathlib import Path
from urllib.parse import urlsplit

from kept._kit.errors import KeptError
from kept.audit import browser, inspectors, journeys
from kept.audit.audited import Audited
from kept.audit.errors import NO_ADDRESS, NO_POLICY
from kept.audit.evidence import Evidence
from kept.audit.inspectors import declared
from kept.audit.limits import DEFAULT, Limits
from kept.policy import Policy, load


def audit(url: str, policy: Path | Policy, limits: Limits = DEFAULT) -> Audited:
    """Hold the site at `url` to `policy`, with a real browser.

    Raises `KeptError` B001 to B006 where it cannot be done. Takes about a second for each page and
    state; never sends a form, except the controls of a consent banner.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise KeptError(NO_ADDRESS, f"`{url}`")
    read = policy if isinstance(policy, Policy) else _read(policy)
    with browser.started() as chromium:
        evidence = journeys.travel(chromium, url, limits, declared.honoured(read))
    _not_needed(read, evidence)
    return Audited(read, evidence, inspectors.inspect(read, evidence))


def _read(path: Path) -> Policy:
    loaded = load(path)
    if loaded.policy is None:
        raise KeptError(NO_POLICY, str(loaded.errors[0]), place=path.name)
    return loaded.policy


def _not_needed(policy: Policy, evidence: Evidence) -> None:
    """A site that asks for no choice needs none where nothing in its policy waits for one."""
    if evidence.banner or declared.anything_waits(policy):
        return
    for seen in evidence.states.values():
        if seen.reached == "not reachable":
            seen.reached = "not needed"
            seen.why = "the site asks for no choice, and nothing in the policy waits for one"
