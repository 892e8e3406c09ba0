"""A row of the performance table: what was measured, what it is held against, whether it is met."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `low` and `high` bound it; `limit` is the target in the same unit, if any."""

    id: str
    work: str
    unit: str
    figure: float
    limit: float | None
    low: float | None = None
    high: float | None = None
    at_least: bool = False
    """True where more is better."""
    wrong: int = 0
    """Answers that were not what they must be: one is enough to fail."""

    @property
    def met(self) -> bool | None:
        """Whether all answers were right and the whole interval is on the right side.

        None without a target.
        """
        if self.limit is None:
            return None
        if self.wrong:
            return False
        if self.at_least:
            return (self.figure if self.low is None else self.low) >= self.limit
        return (self.figure if self.high is None else self.high) <= self.limit

    def as_json(self) -> dict[str, object]:
        """The row for programs."""
        return {**asdict(self), "met": self.met}


_MET = {True: "yes", False: "[red]no[/red]", None: ""}


def summary(rows: Sequence[Row], seconds: float) -> str:
    """How many are met, in how much time."""
    held = [row.met for row in rows if row.met is not None]
    return f"{sum(held)} of {len(held)} met, in {seconds / 60:.1f} minutes"


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table("", "work", "figure", "interval", "target", "met")
    for row in rows:
        interval = "" if row.low is None else f"{row.low:.3g} to {row.high:.3g}"
        sign = "≥" if row.at_least else "≤"
        table.add_row(
            row.id,
            row.work,
            f"{row.figure:.4g} {row.unit}",
            interval,
            "" if row.limit is None else f"{sign} {row.limit:g} {row.unit}",
            _MET[row.met],
        )
    Console().print(table)
