"""What the retention keeper is able to do, and how that is proven: by what is still there.

Rules (SC-42): nothing of a collection point is there whose time was over a day ago, but for what a
hold, an erasure under way or an open request keeps; a sweep that has not come for a day is a
promise broken, whatever is there.
"""

from datetime import timedelta

from kept._kit import clock
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import RETAIN
from kept.promises.promise import Promise
from kept.promises.proving import check

_LATE = timedelta(days=1)


def abilities() -> frozenset[str]:
    """Every keep of the policy is enforced by the sweep."""
    return frozenset({RETAIN})


@check(RETAIN)
def nothing_is_overdue(promise: Promise, _carried: Figures) -> Evidence:
    """No row of the point is there whose time was over a day ago, and sweeps come."""
    from kept.keepers.retention import reach, rules, sweeping
    from kept.keepers.retention.models import Sweep

    point, today = promise.clause, clock.today() - _LATE
    versions = [one for one in sweeping.known_versions() if one.began <= today]
    rows = overdue = 0
    for kept_rows in reach.kept_models():
        if point in kept_rows.points([point]):
            due = rules.due(kept_rows, point, versions or sweeping.known_versions(), today)
            rows += rules.of_point(due, "default").count()
            overdue += rules.rows(due, due.plain, "default").count()
    last = Sweep.objects.filter(ended__isnull=False).order_by("-began").first()
    figures = {"rows": rows, "overdue": overdue}
    if overdue:
        return broken(f"{overdue} rows are there whose time is over: `kept retention run`", figures)
    if last is not None and clock.now() - last.began > _LATE:
        return broken(f"the last sweep was on {last.began:%Y-%m-%d}: see `kept schedule list`")
    return kept("nothing is there whose time is over", figures)
