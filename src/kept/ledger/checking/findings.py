"""What a check found: a code, and what exactly."""

from dataclasses import dataclass, field
from typing import NamedTuple

from kept._kit.errors import Code


class Finding(NamedTuple):
    """One thing that is not as it should be."""

    code: Code
    message: str

    def __str__(self) -> str:
        return f"{self.code.id} {self.code.title}: {self.message}; {self.code.do}"


@dataclass(slots=True)
class Report:
    """Findings, and how much was looked at: an empty check does not look like a clean one."""

    findings: list[Finding] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)

    def saw(self, what: str, count: int) -> None:
        """Count what was looked at."""
        self.checked[what] = self.checked.get(what, 0) + count

    def found(self, code: Code, message: str) -> None:
        """Note a finding, once."""
        if Finding(code, message) not in self.findings:
            self.findings.append(Finding(code, message))
