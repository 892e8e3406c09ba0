"""How long data is kept, and how long a cookie lives: the values behind `keep` and `lifetime`.

Rules: data of one keep class lives and dies together, so the class's key has one spelling for one
meaning (`24 months` and `2 years` are one class); "indefinitely" is said, never a default.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kept.policy.period import Period

KeepKind: TypeAlias = Literal["period", "event", "indefinitely", "statutory"]
LifetimeKind: TypeAlias = Literal["session", "until log out", "period"]


@dataclass(frozen=True, slots=True)
class Keep:
    """One declared keep. Exactly the parts that its `kind` needs are set."""

    kind: KeepKind
    period: Period | None = None
    """Calendar length, for `period` and `statutory`."""
    event: str | None = None
    """What ends it, for `event`: `purpose ends`, `account closes`, `request ends`."""
    statute: str | None = None
    """The duty's id in `[statutes]`, for `statutory`."""

    @property
    def key_class(self) -> str:
        """The keep class's stable name: `p2y`, `until-purpose-ends`, `statutory-tax`."""
        if self.kind == "statutory":
            return f"statutory-{self.statute}"
        if self.kind == "event":
            return f"until-{(self.event or '').replace(' ', '-')}"
        return self.period.code if self.period else "indefinitely"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long something stays in a browser: until it closes, until log-out, or a period."""

    kind: LifetimeKind
    period: Period | None = None

    @property
    def seconds(self) -> int | None:
        """The longest Max-Age that keeps the promise; None where no Max-Age may be set.

        Calendar months count as 30 days and years as 365: a browser must not outlive the text.
        """
        if self.period is None:
            return None
        if (exact := self.period.seconds) is not None:
            return exact
        years, months = divmod(self.period.months, 12)
        return (years * 365 + months * 30) * 86_400
