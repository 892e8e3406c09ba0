"""When the rows of a collection point are over, worked out from the policy versions. No database.

Rules: a row stands on a base (the version it was collected under, or a later one that the person
agreed to for what was there before); of all versions from the base to the one in force, the one
that ends first counts; a period runs from the collection day, in calendar months and years; where a
version has no such clause (or serves none of its purposes) any more, nothing allows to keep the
rows; they go once the time is over that an erasure waits, so that a slip can be mended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kept.policy import Policy

PURPOSE_ENDS, ACCOUNT_CLOSES, REQUEST_ENDS = "purpose ends", "account closes", "request ends"


@dataclass(frozen=True, slots=True)
class Version:
    """One version that came into force."""

    ordinal: int
    began: date
    policy: Policy


@dataclass(frozen=True, slots=True)
class Terms:
    """What ends rows that stand on one base."""

    last: date | None
    """Rows collected on this day or before are over; None where no period is."""
    events: frozenset[str]
    """What ends them besides: `purpose ends`, `account closes`, `request ends`."""
    dropped: bool
    """A version has no such clause, and that for long enough: all rows are over."""
    purposes: frozenset[str] = frozenset()
    """Of rows kept until their purpose ends: the purposes that every version still serves."""
    base: int | None = None
    """Of the same rows: their base, because what ends a purpose depends on it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring bases with the same terms."""

    low: int | None
    """The first ordinal; None where there is none before."""
    high: int | None
    """The last ordinal; None where there is none after."""
    terms: Terms


def spans(point: str, versions: Sequence[Version], today: date) -> tuple[Span, ...]:
    """The terms of the rows of `point`, for every base they may stand on, the oldest first."""
    found: list[tuple[int, Terms]] = []
    for first, version in enumerate(versions):
        made = _terms(point, versions[first:], today)
        if not found or found[-1][1] != made:
            found.append((version.ordinal, made))
    ends = [start - 1 for start, _ in found[1:]]
    return tuple(
        Span(None if index == 0 else start, ends[index] if index < len(ends) else None, made)
        for index, (start, made) in enumerate(found)
    )


def next_end(
    point: str, versions: Sequence[Version], base: int, since: date, today: date
) -> date | None:
    """The day on which a row of `point` collected on `since` is over; None where no period says."""
    later = [one for one in versions if one.ordinal >= base]
    days = [
        clause.keep.period.after(since)
        for one in later
        if (clause := one.policy.collect.get(point)) and clause.keep.period
    ]
    days += [_counts_from(versions, one) for one in later if point not in one.policy.collect]
    return max(today, min(days)) if days else None


def _terms(point: str, versions: Sequence[Version], today: date) -> Terms:
    clauses = [one.policy.collect.get(point) for one in versions]
    here = [clause for clause in clauses if clause is not None]
    periods = {clause.keep.period for clause in here}
    lasts = [last for period in periods if period and (last := period.begun_by(today))]
    events = frozenset(clause.keep.event for clause in here if clause.keep.event)
    settled = [
        clause
        for index, (one, clause) in enumerate(zip(versions, clauses, strict=True))
        if index == 0 or _counts_from(versions, one) <= today
    ]
    found = Terms(max(lasts, default=None), events, dropped=None in settled)
    if PURPOSE_ENDS not in events:
        return found
    served = (frozenset(clause.purposes if clause else ()) for clause in settled)
    return replace(found, purposes=frozenset.intersection(*served), base=versions[0].ordinal)


def _counts_from(versions: Sequence[Version], one: Version) -> date:
    """From when on it counts that a version lacks a clause or a purpose."""
    return versions[-1].policy.erasure.delay.after(one.began)


def points(versions: Sequence[Version]) -> Iterator[str]:
    """Every collection point that any version has had, in order of appearance."""
    yield from dict.fromkeys(id for one in versions for id in one.policy.collect)
