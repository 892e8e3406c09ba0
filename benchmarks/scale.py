"""B14: with a hundred times the people, a page, finding a person, and erasing take as long.

Rows by Zipf's law, ten times as many as people; a few have very many. Every size stands in a
process and in stores of its own; all are asked in turn, so that a busy machine disturbs all alike.
Each pass takes another place, another person; what is found is compared with what was made.
`KEPT_BENCH_SUBJECTS="10000 1000000"` chooses the sizes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from time import perf_counter
from typing import Any

from benchmarks import people, world
from benchmarks.measure import QUICK, Times
from benchmarks.table import Row

SUBJECTS = tuple(
    int(size)
    for size in os.environ.get(
        "KEPT_BENCH_SUBJECTS", "1000 3000" if QUICK else "10000 100000"
    ).split()
)
_ROUNDS = 3 if QUICK else 41
_WORK = {"page": "a page of 50 rows", "access": "found by email, all 61 rows opened",
         "erase": "erased at once"}  # fmt: skip
_USUAL, _SIZE = 40 if QUICK else 400, 61
"""So many people have as many rows: of them, some are looked for and others erased."""


def run() -> list[Row]:
    """Three rows per engine and size."""
    return [row for engine in world.ENGINES for row in _compare(engine)]


def _compare(engine: str) -> Iterator[Row]:
    with asked(engine, SUBJECTS) as ask:
        for what, words in _WORK.items():
            times = Times({str(size): [] for size in SUBJECTS})
            for _ in range(_ROUNDS):
                for size in SUBJECTS:
                    times.seconds[str(size)].append(ask(size, what))
            first = str(SUBJECTS[0])
            for size in SUBJECTS[1:]:
                middle, low, high = times.ratio(str(size), first)
                spent = times.median(str(size)) * 1e3
                work = f"{words}, {size:,} people against {SUBJECTS[0]:,}, {engine}"
                yield Row("B14", f"{work} ({spent:.2f} ms, wall)", "times", middle, 1.2, low, high)


@contextmanager
def asked(
    engine: str, sizes: Sequence[int], module: str = "benchmarks.scale"
) -> Iterator[Callable[[int, str], float]]:
    """A process for each size, made one after the other; ask one to do a pass of something."""
    started: dict[int, subprocess.Popen[str]] = {}
    try:
        for size in sizes:
            started[size] = subprocess.Popen(
                [sys.executable, "-m", module, str(size)],
                env=world.environment(engine), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            made = _answer(started[size])
            print(f"   {engine}: {made['subjects']:,} people with {made['rows']:,} rows made in "
                  f"{made['seconds']:.0f} s", file=sys.stderr, flush=True)  # fmt: skip

        def ask(size: int, what: str) -> float:
            process = started[size]
            assert process.stdin is not None
            process.stdin.write(what + "\n")
            process.stdin.flush()
            return float(_answer(process))

        yield ask
    finally:
        for process in started.values():
            assert process.stdin is not None
            process.stdin.close()
            process.wait(60)


def _answer(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a size came to its end early")
    return json.loads(line)


def serve(subjects: int) -> None:
    """Make that many people, then do what the lines of standard input say, each timed."""
    with world.begun():
        start = perf_counter()
        sizes = [*people.zipf(subjects - _USUAL, 10 * subjects), *[_SIZE] * _USUAL]
        made = people.make(sizes)
        tell({"subjects": subjects, "rows": sum(sizes), "seconds": perf_counter() - start})
        ways = _ways(made, subjects)
        for way in ways.values():
            way()
        for line in sys.stdin:
            start = perf_counter()
            ways[line.strip()]()
            tell(perf_counter() - start)


def _ways(made: people.People, subjects: int) -> dict[str, Callable[[], None]]:
    from benchmarks import page
    from benchmarks.models import Letter
    from kept import gate, vault

    random = Random(people.SEED)
    usual = list(range(subjects - _USUAL, subjects))
    random.shuffle(usual)
    doomed = iter(usual[: _USUAL // 2])

    def somewhere() -> Any:
        start = people.UUID(int=random.getrandbits(127), version=4)
        return Letter.objects.filter(pk__gte=start).order_by("pk")[: page.COMMENTS]

    serve_page = page.server("scale", somewhere, "serve")

    def show() -> None:
        if serve_page().count("<article") != page.COMMENTS:
            raise ValueError("the page is not full")

    def access() -> None:
        number = random.choice(usual[_USUAL // 2 :])
        found = vault.find("email", people.email(number))
        if found != made.id(number):
            raise ValueError("somebody else was found")
        with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(found))):
            tables = {one.holding.label: list(one.rows) for one in vault.everything(found)}
            values = {(row.name, row.email) for row in tables["benchmarks.Letter"]}
        if len(tables["benchmarks.Letter"]) != _SIZE or values != {
            (f"Person {number}", people.email(number))
        }:
            raise ValueError("not all was found, or not all of it is theirs")

    def erase() -> None:
        number = next(doomed)
        vault.erase_keys(made.id(number))
        if vault.find("email", people.email(number)) is not None:
            raise ValueError("who was erased is found")

    return {"page": show, "access": access, "erase": erase}


def tell(what: object) -> None:
    """One JSON line."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
