"""Whom a new version would concern, in counts: before it is posted.

Rules: nothing is changed and nothing about a person is in the answer; rows that the new version
would end are counted by retention's own rules, as of its day, against the versions of today.
"""

from dataclasses import dataclass
from datetime import date

from kept import policy, promises
from kept.keepers.accounts.models import User
from kept.keepers.retention import reach, rules, sweeping, terms
from kept.policy import Change
from kept.vault.models import State, Subject


@dataclass(frozen=True, slots=True)
class Point:
    """One collection point that the version touches."""

    point: str
    people: int
    """Of whom rows of it are kept."""
    rows: int
    ends: int
    """Rows that are over on its day because of it."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What posting a version would mean."""

    changes: tuple[Change, ...]
    effective: date
    people: int
    accounts: int
    """Those who are told by mail and on their pages."""
    points: tuple[Point, ...]


def by(new: policy.Policy) -> Affected:
    """Compare `new` with the version in force; the first version changes nothing for anybody."""
    if not promises.history():
        return Affected((), new.meta.effective, 0, 0, ())
    current = promises.current().policy
    changes = policy.compare(current, new).changes
    versions = sweeping.known_versions()
    day = new.meta.effective
    later = [*versions, terms.Version(versions[-1].ordinal + 1, day, new)]
    named = {one.clause.partition(".")[2] for one in changes if one.clause.startswith("collect.")}
    served = {one.clause.partition(".")[2] for one in changes if one.clause.startswith("purposes.")}
    found = []
    for point in terms.points(later):
        clauses = [one.collect[point] for one in (current, new) if point in one.collect]
        touched = point in named or any(served & {*one.purposes} for one in clauses)
        if touched:
            found.append(_point(point, versions, later, day))
    return Affected(
        changes,
        day,
        Subject.objects.filter(state=State.ACTIVE).count(),
        User.objects.filter(subject__state=State.ACTIVE, is_active=True).count(),
        tuple(found),
    )


def _point(point: str, before: list[terms.Version], after: list[terms.Version], day: date) -> Point:
    people: set[object] = set()
    rows, ends = 0, 0
    settled = after[-1].policy.erasure.delay.after(day)
    for kept in reach.kept_models():
        if point not in kept.points([point]):
            continue
        old, new = rules.due(kept, point, before, day), rules.due(kept, point, after, settled)
        all_rows = rules.of_point(new, "default")
        number = all_rows.count()
        if number:
            rows += number
            people |= set(all_rows.values_list("subject_id", flat=True).distinct())
            ends += all_rows.filter(new.plain).exclude(old.plain).count()
    return Point(point, len(people), rows, ends)
