"""What is held about a person, ready to be walked over, table by table.

Rules: every declared table is looked at; one that fails is named and stops no other; what was
expected and what was reached are counted. What was counted to hold nothing is told as that.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from kept import promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.rights.package import tables
from kept.keepers.rights.package.records import Record, records
from kept.keepers.rights.package.tables import Clause, Table

log = logging.getLogger("kept.rights")


@dataclass(slots=True)
class Gathered:
    """A person's data, ready to be written; needs the person's own scope."""

    subject: UUID
    tables: list[Table]
    clauses: dict[str, Clause]
    site: str
    label: str
    day: date = field(default_factory=clock.today)
    points: set[str] = field(default_factory=set)
    """The collection points that something came in by, as far as they were walked over."""

    def records(self, table: Table) -> Iterator[Record]:
        """The rows of one table; what stops it is noted in the table, and only there."""
        try:
            for record in records(table, self.subject, self.clauses):
                self.points.add(record.point)
                yield record
        except (DatabaseError, KeptError, OSError) as error:
            kind = error.code.id if isinstance(error, KeptError) else type(error).__name__
            log.warning("a copy: %s failed (%s)", table.label, kind)
            table.failed = kind
        else:
            table.settle()

    def about(self) -> dict[str, Any]:
        """What the copy says about itself."""
        return {
            "site": self.site,
            "made": self.day.isoformat(),
            "policy": self.label,
            "person": str(self.subject),
            "points": {id: _words(one) for id, one in self.clauses.items()},
        }

    @property
    def failed(self) -> tuple[str, ...]:
        """The tables that could not be read whole."""
        return tuple(one.label for one in self.tables if one.failed or one.reached < one.expected)


def gather(subject: UUID) -> Gathered:
    """Look what there is. What it says is that of the policy in force now."""
    posted = promises.current()
    current = posted.policy
    return Gathered(
        subject, tables.tables(subject), tables.clauses(current), current.meta.site, posted.label
    )


def _words(clause: Clause) -> dict[str, Any]:
    return {
        "says": clause.says,
        "purposes": [{"says": says, "ground": basis} for says, basis in clause.purposes],
        "keep": clause.keep,
        "recipients": list(clause.recipients),
    }
