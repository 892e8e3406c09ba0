"""A check's way through tables that grow: some rows each round, every row again within days.

Rules: a round looks at the next slice of each table, in the order of its primary key, and at what
came in since the day of the round before, where an indexed order tells. A slice is so long that
the whole table is gone through within `PACE`, however seldom rounds come; a walk that is not at
its end after `LIMIT` is finished at once. A table no longer than a slice is looked at whole, every
time.

Sound, because only a finding `kept` carries on (see `verifying`): the first look, `--full`, a new
version of the policy, and every look after one that found something broken or could not tell, go
through everything, so that red turns green by a look at everything and by nothing less. Where the
walk stands is a value of the key and not a row: rows may come and go between rounds. What is there
from the beginning of a walk to its end is seen by it; the figures say when the oldest look was.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from django.db.models import Model, Q, QuerySet

from kept._kit import clock
from kept.promises.evidence import Figure, Figures

SLICE = 10_000
"""Rows of one table that a round looks at, at least: half a million a day by the clock."""
PACE: Final = timedelta(days=6)
LIMIT: Final = timedelta(days=7)

CARRIES: Final = (
    "each table's place by primary key: the next slice each round, the whole within 7 days, "
    "everything after anything but `kept`"
)
"""What a check by slices carries on with, for the reference."""

Rows = QuerySet[Any]
New = Callable[[datetime], Q]
"""The rows that are new since a moment; it must be answered by an index."""


def since_day(last: datetime) -> Q:
    """What was collected since the day of `last`: `since` has an index in every sealed table."""
    return Q(since__gte=last.date())


@dataclass(frozen=True, slots=True)
class _Place:
    """How far the walk through one table came, and what is known of the one before."""

    at: str
    """The last key that was looked at; empty before the first."""
    began: str
    """When this walk began."""
    seen: int
    """How many rows this walk looked at."""
    rows: int
    """How many rows the last whole walk looked at."""
    whole: str
    """When the last whole walk began: no row was last looked at before that."""


class Walk:
    """One round of one check, through as many tables as it asks for; `carried`: from the last."""

    def __init__(self, carried: Figures) -> None:
        self._before, self._now = carried, clock.now()
        self._after: dict[str, _Place] = {}
        self._looked = 0
        self._last = _moment(carried.get("round"), self._now)

    def of(self, model: type[Model], new: New | None = None) -> list[Rows]:
        """What this round has to look at of the table: all of it, or its slice and what is new.

        The sets have no row in common. Narrow them as the check needs; do not widen them.
        """
        rows: Rows = model._base_manager.order_by()
        place = self._place(model._meta.label)
        if place is None:
            now = self._now.isoformat()
            self._pass(model, _Place("", now, 0, 0, now), rows.count(), None)
            return [rows]
        end = self._end(rows, place)
        part = _between(place.at, end)
        count = rows.filter(part).count()
        self._pass(model, place, count, end)
        if not place.at and end is None:
            return [rows]
        found = [rows.filter(part)]
        if new is not None and self._last is not None:
            found.append(rows.filter(new(self._last)).exclude(part))
        return found

    @property
    def figures(self) -> dict[str, Figure]:
        """How much this round looked at, and since when all of it was."""
        if not self._after:
            return {"rows looked at": 0}
        oldest = min(one.whole for one in self._after.values())
        return {
            "rows looked at": self._looked,
            "rows in all": sum(max(one.rows, one.seen) for one in self._after.values()),
            "all looked at since": f"{datetime.fromisoformat(oldest):%Y-%m-%d %H:%M} UTC",
        }

    @property
    def carry(self) -> dict[str, Figure]:
        """What the next round goes on with; for a finding `kept`, and for no other."""
        told: dict[str, Figure] = {"round": self._now.isoformat()}
        for label, place in self._after.items():
            told |= {f"{label} {name}": value for name, value in asdict(place).items()}
        return told

    def _place(self, label: str) -> _Place | None:
        """Where the walk stands in a table; None: begin anew, with everything."""
        found = {name: self._before.get(f"{label} {name}") for name in _NAMES}
        begun = _moment(found["began"], self._now)
        if self._last is None or begun is None or None in found.values():
            return None
        place = _Place(**found)  # type: ignore[arg-type] # as `carry` wrote it
        return place if place.at else replace(place, began=self._now.isoformat())

    def _end(self, rows: Rows, place: _Place) -> str | None:
        """The last key of this round's slice; None: it goes to the end of the table."""
        if self._now - datetime.fromisoformat(place.began) >= LIMIT:
            return None
        length = self._length(place)
        keys = rows.filter(_between(place.at, None)).order_by("pk").values_list("pk", flat=True)
        last = list(keys[length - 1 : length + 1])
        return str(last[0]) if len(last) == 2 else None  # noqa: PLR2004 - another one behind it

    def _length(self, place: _Place) -> int:
        """As many rows as keep the pace, after as long a pause as there was since the last."""
        assert self._last is not None  # noqa: S101 - there is a place only where there was a round
        share = (self._now - self._last) / PACE
        return max(SLICE, ceil(max(place.rows, place.seen) * share))

    def _pass(self, model: type[Model], place: _Place, count: int, end: str | None) -> None:
        self._looked += count
        seen = place.seen + count
        now = self._now.isoformat()
        self._after[model._meta.label] = (
            _Place("", now, 0, seen, place.began)
            if end is None
            else _Place(end, place.began, seen, place.rows, place.whole)
        )


_NAMES: Final = tuple(one.name for one in fields(_Place))


def _between(after: str, until: str | None) -> Q:
    """The keys behind `after`, up to and with `until`."""
    found = Q(pk__gt=after) if after else Q()
    return found & Q(pk__lte=until) if until is not None else found


def _moment(said: Figure | None, now: datetime) -> datetime | None:
    """A moment that was carried; None where there is none, or where it is still to come."""
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment if moment <= now else None
