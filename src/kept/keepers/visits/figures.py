"""What the operator may read about visits: counts by day and page, never an address.

Rules: figures come from published batches only, so that nobody can watch a person arrive.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kept._kit import clock
from kept.keepers.visits import store
from kept.keepers.visits.windows import STEPS


@dataclass(frozen=True, slots=True)
class Day:
    """Views of one day (UTC) by the end of their window."""

    day: date
    views: int
    robots: int


@dataclass(frozen=True, slots=True)
class PageFigures:
    """One page over the whole time."""

    page: str
    views: int
    readings: tuple[int, ...]
    """How many in each of the six steps of reading time."""

    @property
    def typical(self) -> int | None:
        """The step that the middle reader falls into; None where nobody reported one."""
        middle, seen = sum(self.readings) / 2, 0
        for step, times in enumerate(self.readings):
            seen += times
            if times and seen >= middle:
                return step
        return None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page of visits."""

    days: tuple[Day, ...]
    pages: tuple[PageFigures, ...]
    readings: tuple[int, ...]
    """How many in each of the six steps of reading time, whatever the page."""
    lost: int
    dropped: int
    """Views whose address was dropped because too few others came by."""

    @property
    def views(self) -> int:
        """People's views altogether."""
        return sum(one.views for one in self.days)

    @property
    def robots(self) -> int:
        """Robots' views altogether."""
        return sum(one.robots for one in self.days)


def figures(days: int = 30) -> Figures:
    """The last `days` days, the busiest pages first."""
    first = clock.today() - timedelta(days=days - 1)
    edge = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    with store.connected() as open_:
        by_day = open_.execute(
            "SELECT closed / 86400, sum(views), sum(robots) FROM batch JOIN page ON batch = id"
            " WHERE closed >= ? GROUP BY 1",
            (edge,),
        ).fetchall()
        views = open_.execute(
            "SELECT page, sum(views) FROM batch JOIN page ON batch = id WHERE closed >= ?"
            " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
            (edge,),
        ).fetchall()
        read = open_.execute(
            "SELECT page, step, sum(times) FROM batch JOIN reading ON batch = id WHERE closed >= ?"
            " GROUP BY 1, 2",
            (edge,),
        ).fetchall()
        lost, dropped = open_.execute(
            "SELECT coalesce(sum(lost), 0), coalesce(sum(dropped), 0) FROM batch WHERE closed >= ?",
            (edge,),
        ).fetchone()
    return Figures(_days(first, days, by_day), _pages(views, read), _steps(read), lost, dropped)


def _days(first: date, days: int, rows: list[tuple[int, int, int]]) -> tuple[Day, ...]:
    found = {date(1970, 1, 1) + timedelta(days=day): (views, robots) for day, views, robots in rows}
    every = (first + timedelta(days=n) for n in range(days))
    return tuple(Day(day, *found.get(day, (0, 0))) for day in every)


def _pages(
    views: list[tuple[str, int]], read: list[tuple[str, int, int]]
) -> tuple[PageFigures, ...]:
    readings: dict[str, list[int]] = defaultdict(lambda: [0] * (len(STEPS) + 1))
    for page, step, times in read:
        readings[page][step] = times
    return tuple(PageFigures(page, n, tuple(readings[page])) for page, n in views)


def _steps(read: list[tuple[str, int, int]]) -> tuple[int, ...]:
    found = [0] * (len(STEPS) + 1)
    for _page, step, times in read:
        found[step] += times
    return tuple(found)
