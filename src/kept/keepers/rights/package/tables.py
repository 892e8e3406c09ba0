"""What is held, table by table, with what the policy says about each: read once, in order.

Rules: the declared holdings and nothing else, each told even when it is empty; what may be told of
a row is decided by column, not by hope: sealed values open as the person's own; columns that are
secrets are named and left out; a reference to anybody else's row is left out and said to be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from kept import policy, vault
from kept.keepers.rights.package import columns
from kept.keepers.rights.package.titles import INNER, title
from kept.policy import Policy


@dataclass(frozen=True, slots=True)
class Clause:
    """What the policy says about one collection point, in words."""

    point: str
    says: str
    purposes: tuple[tuple[str, str], ...]
    """(what for, on which legal ground)."""
    keep: str
    recipients: tuple[str, ...]
    labels: Mapping[str, str]
    period: Any = None

    def until(self, since: date | None) -> date | None:
        """The day on which what came in then is over; None where no calendar says it."""
        return None if self.period is None or since is None else self.period.after(since)


@dataclass(slots=True)
class Table:
    """One table, and how far the walk over it came."""

    label: str
    """`kept_forms.Submission`."""
    title: str
    found: vault.Found
    expected: int
    reached: int = 0
    failed: str = ""
    """Kind of the error that stopped it, empty where none did."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Column -> why it is not in the copy."""

    @property
    def rows(self) -> Any:
        """The rows, as a queryset."""
        return self.found.rows

    def settle(self) -> None:
        """After a walk: rows that went by themselves meanwhile were not missed, others were."""
        if self.reached < self.expected:
            self.expected = max(self.reached, min(self.expected, self.rows.count()))

    @property
    def inner(self) -> bool:
        """Whether it is what our software notes, and nothing that came from the person."""
        return self.label in INNER

    @property
    def slug(self) -> str:
        """Its name in file names."""
        return self.label.lower().replace("_", "-").replace(".", "-").removeprefix("kept-")


def tables(subject: UUID) -> list[Table]:
    """Every holding, in the order of titles: those with rows first, our software's notes after."""
    found = []
    for one in vault.everything(subject):
        model = one.model
        made = Table(one.holding.label, title(model), one, one.expected)
        made.left_out = columns.left_out(model)
        made.failed = one.failed
        found.append(made)
    return sorted(found, key=lambda table: (not table.expected, table.inner, table.title))


def clauses(current: Policy) -> dict[str, Clause]:
    """Every collection point, in words."""
    return {id: _clause(current, id) for id in current.collect}


def _clause(current: Policy, point: str) -> Clause:
    notice = policy.prose.notice(current, point)
    said = current.collect[point]
    labels = {**said.labels, **{one.field: one.label for one in notice.what}}
    purposes = tuple((use.says, use.basis.replace("-", " ")) for use in notice.purposes)
    return Clause(
        point, said.says, purposes, notice.keep_text, notice.recipients, labels, said.keep.period
    )
