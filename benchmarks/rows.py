"""B4: fetch 1,000 rows of five sealed fields through the ORM and read every value.

Against the same rows in clear: same ORM, same values compared. Sealed rows come with their keys
from the key store, the people's choices and a decision per value. With one person, fifty and a
thousand: each person more is a key to be unwrapped.
"""

from collections.abc import Iterator
from time import process_time
from typing import Any

from benchmarks import people, world
from benchmarks.measure import Arm, race
from benchmarks.table import Row

_ROWS = 1_000
_PEOPLE = (1, 50, 1_000)


def run() -> list[Row]:
    """One row per engine and number of people."""
    return world.on_engines("benchmarks.rows")


def measure() -> Iterator[Row]:
    """Each number of people in turn, in tables of their own making."""
    from django.db import connection

    from benchmarks.models import Clear, Letter
    from kept import gate

    for many in _PEOPLE:
        world.empty()
        people.make([_ROWS // many] * many, clear=True)

        def opened() -> list[Any]:
            with gate.purpose("serve"):
                return read(Letter)

        arms = [Arm("clear", lambda: read(Clear)), Arm("sealed", opened)]
        times = race(arms, {"sealed": "clear"}, narrow=0.02, clock=process_time)
        middle, low, high = times.ratio("sealed", "clear")
        each = times.median("sealed") / _ROWS * 1e6
        work = f"{_ROWS:,} rows of {many:,} people, {connection.vendor} ({each:.1f} µs a row, CPU)"
        yield Row("B4", work, "times", middle, 1.5, low, high)


def read(model: Any) -> list[tuple[str, ...]]:
    """Every value of every row."""
    return [
        (row.name, row.email, row.phone, row.message, row.reply)
        for row in model.objects.order_by("pk")
    ]


if __name__ == "__main__":
    world.tell(measure)
