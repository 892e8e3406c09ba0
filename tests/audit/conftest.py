"""Audits of small sites, with what a test says about site and policy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kept import audit
from kept.policy import Policy, loads
from tests.audit.site import Site, served

POLICY = Path(__file__).with_name("policy.toml").read_text("utf-8")
NOTHING_WAITS = POLICY.replace('for = ["count"]', 'for = ["count"]\nnecessary = true')
QUICK = audit.Limits(pages=4, quiet=0.15, patience=4.0)


def read(text: str) -> Policy:
    loaded = loads(text, "policy.toml")
    assert loaded.policy is not None, [str(one) for one in loaded.errors]
    return loaded.policy


@pytest.fixture
def audited() -> Callable[..., audit.Audited]:
    """`audited(site, more="[cookies.x] …", without="[signals]…", limits=…)`."""

    def run(
        site: Site, more: str = "", policy: str = POLICY, limits: audit.Limits = QUICK
    ) -> audit.Audited:
        with served(site):
            return audit.audit(site.url, read(f"{policy}\n{more}"), limits)

    return run


@pytest.fixture
def found(audited: Callable[..., audit.Audited]) -> Callable[..., set[tuple[str, str]]]:
    """Kind and subject of every finding on a site that has, and needs, no banner (quicker)."""

    def run(site: Site, more: str = "") -> set[tuple[str, str]]:
        site.banner = ""
        done = audited(site, more, policy=NOTHING_WAITS)
        assert done.evidence.states["refused"].reached == "not needed"
        return {(one.kind, one.subject) for one in done.findings}

    return run
