"""The whole of an audit and its verdict: what was seen, what is wrong, what could not be checked.

Rules: a state that could not be reached is never passed in silence: where the policy has anything
that waits for a choice, a site without findings is then "not checked", not "nothing found".
"""

from dataclasses import dataclass
from typing import Literal

from kept.audit.evidence import Evidence, Seen
from kept.audit.findings import Finding
from kept.audit.promises import Promise, promises
from kept.policy import Policy

Verdict = Literal["nothing found", "findings", "not checked"]
EXIT_CODES: dict[Verdict, int] = {"nothing found": 0, "findings": 1, "not checked": 2}


@dataclass(frozen=True, slots=True)
class Audited:
    """One finished audit."""

    policy: Policy
    evidence: Evidence
    findings: tuple[Finding, ...]

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Every clause that shows in a browser, and what became of it."""
        return promises(self.policy, self.evidence, self.findings)

    @property
    def unreached(self) -> tuple[Seen, ...]:
        """The states that should have been looked at, and were not, or not whole."""
        return tuple(
            one
            for one in self.evidence.states.values()
            if one.reached in ("not reachable", "cut short")
        )

    @property
    def verdict(self) -> Verdict:
        """Findings win over gaps: what was found is true whatever else was not seen."""
        if self.findings:
            return "findings"
        return "not checked" if self.unreached else "nothing found"

    @property
    def exit_code(self) -> int:
        """0: nothing found; 1: findings; 2: could not be checked (whole)."""
        return EXIT_CODES[self.verdict]
