"""A person with 10, 1,000 and 20,000 items: a copy and an erasure, beside what WordPress does.

WordPress 7.1 (PHP 8.2, MariaDB) was measured apart, with as many comments of one person: its figure
stands in the words of each row, as only its counts and its growth carry over to other machines. Its
exporter gave 14,000 of 20,000, and took 45 times as long for 20 times the items; its eraser left
500 of 1,000 and 10,000 of 20,000; each said that all was done. Here each item has its event on
record, too, as each has that came in by a form, and a receipt in the copy.
"""

from collections.abc import Iterator
from time import perf_counter
from typing import Any
from uuid import UUID

from benchmarks import access, people, world
from benchmarks.measure import QUICK
from benchmarks.table import Row

SIZES = (10, 100, 400) if QUICK else (10, 1_000, 20_000)
OTHERS = 100 if QUICK else 3_000
_TIMES = 1.2
"""How much longer an item may take among many than among a few."""
_COPIED = {20_000: "14,000"}
_GONE = {1_000: "500", 20_000: "10,000"}


def run() -> list[Row]:
    """Each size on each engine."""
    return world.on_engines("benchmarks.items")


def measure() -> Iterator[Row]:
    """The copies of all sizes, then the erasures."""
    from django.db import connection

    made = people.make([*SIZES, *[10] * OTHERS])
    whose = [made.id(number) for number in range(len(SIZES))]
    for items, subject in zip(SIZES, whose, strict=True):
        access.record(subject, items)
    yield from _copies(connection, whose)
    yield from _erasures(connection, whose)


def _copies(connection: Any, whose: list[UUID]) -> Iterator[Row]:
    access.copied(whose[0])  # what is loaded once is no item's
    access.forget(whose[0])
    seconds = []
    for items, subject in zip(SIZES, whose, strict=True):
        access.most_memory()  # making the people took more than any copy
        before, start = access.most_memory(), perf_counter()
        package = access.copied(subject)
        seconds.append(perf_counter() - start)
        grown, found = access.most_memory() - before, access.items_in(package)
        work = f"items in a copy of {items:,}{_theirs(_COPIED, items)}, {connection.vendor} "
        work += f"({seconds[-1]:.2f} s)"
        yield Row("items", work, "items", found, items, at_least=True)
        work = f"memory for a copy of {items:,} items, {connection.vendor}"
        yield Row("items", work, "MiB", max(grown, 0.01), access.MEMORY)
    yield _growth("copied", seconds, connection, "; WordPress: 2.3")


def _erasures(connection: Any, whose: list[UUID]) -> Iterator[Row]:
    from benchmarks.models import Letter
    from kept import vault

    seconds = []
    for items, subject in zip(SIZES, whose, strict=True):
        start = perf_counter()
        done = vault.erase(subject)
        seconds.append(perf_counter() - start)
        gone = items - Letter.objects.filter(subject=subject).count()
        work = (
            f"items gone of {items:,} by an erasure{_theirs(_GONE, items)}, {connection.vendor} "
            f"({seconds[-1]:.2f} s)"
        )
        wrong = int(done.reached != done.expected or bool(done.failed))
        yield Row("items", work, "items", gone, items, at_least=True, wrong=wrong)
    yield _growth("erased", seconds, connection, "")


def _theirs(known: dict[int, str], items: int) -> str:
    """What WordPress did with as many, where that was measured."""
    return f"; WordPress: {known[items]}" if items in known else ""


def _growth(verb: str, seconds: list[float], connection: Any, theirs: str) -> Row:
    figure = (seconds[-1] / seconds[-2]) / (SIZES[-1] / SIZES[-2])
    work = (
        f"time to have an item {verb} among {SIZES[-1]:,} as among {SIZES[-2]:,}{theirs}, "
        f"{connection.vendor}"
    )
    return Row("items", work, "times", figure, _TIMES)


if __name__ == "__main__":
    access.main(measure)
