"""How far carrying out a request came. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """`whole` is the only thing that lets a request end as done."""

    expected: int = 0
    reached: int = 0
    failed: tuple[str, ...] = ()
    """Labels of tables, or kinds of failure; never a value."""
    details: str = ""
    """What the person is told in the mail that it is done; empty for no mail."""

    @property
    def whole(self) -> bool:
        """Every row that was expected was reached, and nothing failed."""
        return not self.failed and self.expected == self.reached


class LaterError(Exception):
    """It cannot go on now, for a reason that may pass: a mail server that is down."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)
