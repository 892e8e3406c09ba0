"""What an erasure leaves: data under a legal duty, and data that a hold covers. Never a value.

Rules: each is named with its reason and its end, so that the person can be told before they are
gone; the end is that of the last row collected there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max

from kept import promises, vault
from kept.policy import Policy


@dataclass(frozen=True, slots=True)
class Stays:
    """One reason for which some data stays."""

    what: str
    why: str
    until: date | None


def remaining(subject: UUID) -> list[Stays]:
    """Everything that an erasure of `subject` would leave today."""
    current = promises.current().policy
    return [*_by_law(current, subject), *_held(current, subject)]


def _by_law(current: Policy, subject: UUID) -> Iterator[Stays]:
    for point, since in sorted(_points(subject).items()):
        clause = current.collect.get(point)
        if clause is None or clause.keep.kind != "statutory":
            continue
        duty = current.statutes.get(clause.keep.statute or "")
        period = clause.keep.period
        until = period.after(since) if period is not None and since is not None else None
        why = f"{duty.says} asks for it" if duty is not None else "a law asks for it"
        yield Stays(f"what came in when you {clause.says}", why, until)


def _held(current: Policy, subject: UUID) -> Iterator[Stays]:
    for one in vault.holds(subject):
        reason = current.holds.get(one.reason)
        why = reason.says if reason is not None else one.reason.replace("-", " ")
        yield Stays("what that needs", why, one.until)


def _points(subject: UUID) -> dict[str, date | None]:
    """Collection point -> the day of the last row that came in there."""
    found: dict[str, date | None] = {}
    for table in vault.everything(subject):
        shape = getattr(table.rows.model, "_kept_shape", None)
        if shape is None or not table.expected:
            continue
        for point, since in _of_table(table.rows, shape):
            known = found.get(point)
            found[point] = since if known is None else max(known, since or known)
    return found


def _of_table(rows: Any, shape: Any) -> Iterator[tuple[str, date | None]]:
    if shape.collect is not None:
        yield shape.collect, rows.aggregate(last=Max("since"))["last"]
    else:
        yield from rows.order_by().values_list("point").annotate(last=Max("since"))
