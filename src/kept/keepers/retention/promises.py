"""What the retention keeper is able to do, and how that is proven: by what is still there.

Rules (SC-42): nothing of a collection point is there whose time was over a day ago, but for what a
hold, an erasure under way or an open request keeps; a sweep that has not come for a day is a
promise broken, whatever is there. What a hold or a law keeps (SC-39) stands under keys that an
erasure spares, and a hold ends with its last day.
"""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from kept import promises, vault
from kept._kit import clock
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import HOLD, LAW, RETAIN
from kept.promises.promise import Promise
from kept.promises.proving import check
from kept.promises.slices import CARRIES, Walk, since_day

_LATE = timedelta(days=1)


def abilities() -> frozenset[str]:
    """Every keep of the policy is enforced by the sweep, and what must stay is spared."""
    return frozenset({RETAIN, HOLD, LAW})


@check(RETAIN)
def nothing_is_overdue(promise: Promise, _carried: Figures) -> Evidence:
    """No row of the point is there whose time was over a day ago, and sweeps come."""
    from kept.keepers.retention import reach, rules, sweeping
    from kept.keepers.retention.models import Sweep

    point, today = promise.clause, clock.today() - _LATE
    versions = [one for one in sweeping.known_versions() if one.began <= today]
    tables = overdue = 0
    for kept_rows in reach.kept_models():
        if point in kept_rows.points([point]):
            due = rules.due(kept_rows, point, versions or sweeping.known_versions(), today)
            tables += 1
            overdue += rules.rows(due, due.plain, "default").count()
    last = Sweep.objects.filter(ended__isnull=False).order_by("-began").first()
    figures = {"tables": tables, "overdue": overdue}
    if overdue:
        return broken(f"{overdue} rows are there whose time is over: `kept retention run`", figures)
    if last is not None and clock.now() - last.began > _LATE:
        return broken(f"the last sweep was on {last.began:%Y-%m-%d}: see `kept schedule list`")
    return kept("nothing is there whose time is over", figures)


@check(HOLD)
def holds_are_kept_to(promise: Promise, _carried: Figures) -> Evidence:
    """Every hold for the reason is where an erasure sees it, has its key, and ends on its day."""
    seen = vault.look_at_holds(promise.clause, clock.today() - _LATE)
    figures = {"holds": seen.standing}
    if seen.forgotten:
        return broken(f"{seen.forgotten} holds are not in the key store: erasing ignores them")
    if seen.keyless:
        return broken(f"the keys of {seen.keyless} holds are gone, and what they kept", figures)
    if seen.over or seen.half:
        says = f"{seen.over} holds are past their end, {seen.half} are half placed"
        return broken(f"{says}: see `kept schedule list`", figures)
    return kept("what is held would outlive an erasure, until the hold ends", figures)


@check(LAW, carries=CARRIES)
def what_a_law_asks_for_is_kept(promise: Promise, carried: Figures) -> Evidence:
    """What came in under the law is sealed with keys that an erasure spares.

    Nothing that came in under an earlier version without the law is looked at.
    """
    points: dict[str, set[int]] = {}
    for one in promises.so_far():
        for point, clause in one.policy.collect.items():
            if clause.statute == promise.clause:
                points.setdefault(point, set()).add(one.ordinal)
    walk, chosen = Walk(carried), dict[Any, list[QuerySet[Any]]]()

    def slices(model: Any) -> list[QuerySet[Any]]:
        """Of each table one slice, though several points may have rows in it."""
        if model not in chosen:
            chosen[model] = walk.of(model, since_day)
        return chosen[model]

    seen = vault.look_at_law(promise.clause, points, slices)
    figures = {
        **walk.figures,
        "under the law": seen.rows,
        "not under the law's keys": seen.loose,
    }
    if seen.loose:
        return broken(f"{seen.loose} rows would not outlive an erasure, or did not", figures)
    return kept("what the law asks for would outlive an erasure", figures, walk.carry)
