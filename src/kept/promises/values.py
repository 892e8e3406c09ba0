"""The shapes of a posted version and of a posting. Values only."""

from dataclasses import dataclass
from datetime import date, datetime

from kept import policy


@dataclass(frozen=True, slots=True)
class Posted:
    """One posted version, read."""

    ordinal: int
    label: str
    effective: date
    adopted_at: datetime
    policy: policy.Policy
    withdrawn_at: datetime | None = None

    @property
    def began(self) -> date:
        """The day it came, or comes, into force: never before it was posted."""
        return max(self.effective, self.adopted_at.date())


@dataclass(frozen=True, slots=True)
class Adopted:
    """What `adopt` did: the latest version, and whether it is new."""

    posted: Posted
    new: bool
    same_label: bool
    """True where the text changed and its label did not: visitors cannot tell them apart."""
