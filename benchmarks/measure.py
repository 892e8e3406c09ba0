"""Times arms against each other: interleaved, until the interval is narrower than the claim.

Rules: all arms do the same work on the same input and their results are compared before any is
timed; every round runs every arm, in another order, each after one untimed pass; a figure is the
median over rounds of the ratio within one round, so that a busy machine disturbs both sides; its
interval is the 95 % one of a median (order statistics), which assumes nothing about the noise.
"""

import gc
import os
import platform
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from math import sqrt
from pathlib import Path
from typing import Any

QUICK = bool(os.environ.get("QUICK"))
"""A short run that shows that everything works; its figures prove nothing."""


SECONDS = float(os.environ.get("KEPT_BENCH_SECONDS", "20"))
"""The most that a race takes, once it has had its least rounds; more makes intervals narrower."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to do the work. `run` does all of it once and returns what it found."""

    name: str
    run: Callable[[], Any]
    passes: int = 1
    """How often it runs within one timing, where one pass is too short to time."""
    ready: Callable[[], object] | None = None
    """Run before each pass, untimed: for work that uses up what it works on."""


@dataclass(slots=True)
class Times:
    """Seconds per pass of each arm, by round."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def median(self, arm: str) -> float:
        """The arm's median seconds per pass."""
        return statistics.median(self.seconds[arm])

    def ratio(self, arm: str, baseline: str) -> tuple[float, float, float]:
        """How many times the baseline's time the arm takes: median, and the interval around it."""
        pairs = zip(self.seconds[arm], self.seconds[baseline], strict=True)
        return middle([a / b for a, b in pairs])


def middle(figures: Sequence[float]) -> tuple[float, float, float]:
    """The median of `figures` and the 95 % interval around it."""
    ordered = sorted(figures)
    reach = 0.98 * sqrt(len(ordered))
    low = max(0, int(len(ordered) / 2 - reach))
    high = min(len(ordered) - 1, int(len(ordered) / 2 + reach))
    return statistics.median(ordered), ordered[low], ordered[high]


def race(
    arms: Sequence[Arm],
    claims: Mapping[str, str],
    *,
    narrow: float = 0.02,
    least: int = 20,
    clock: Callable[[], float] = time.perf_counter,
) -> Times:
    """Run `arms` until each claim (arm -> its baseline) is known to ± `narrow`, or time is up.

    `clock`: `time.process_time` for arms that only compute in this process, so that what else runs
    on the machine counts for neither.

    Raises `ValueError` where two arms find different things.
    """
    found = {arm.name: _prepared(arm) for arm in arms}
    first = arms[0].name
    for name, result in found.items():
        if result != found[first]:
            raise ValueError(f"`{name}` and `{first}` do not agree")
    times = Times({arm.name: [] for arm in arms})
    if QUICK:
        least = 3
    end, order = time.monotonic() + (0.0 if QUICK else SECONDS), list(arms)
    while True:
        random.shuffle(order)
        for arm in order:
            times.seconds[arm.name].append(_once(arm, clock))
        rounds = len(times.seconds[first])
        if rounds >= least and (time.monotonic() > end or _narrow(times, claims, narrow)):
            return times


def _once(arm: Arm, clock: Callable[[], float]) -> float:
    _prepared(arm)  # untimed: caches are this arm's, not those of the one before
    if arm.ready is not None:
        arm.ready()
    gc.collect()
    gc.disable()
    try:
        start = clock()
        for _ in range(arm.passes):
            arm.run()
        return (clock() - start) / arm.passes
    finally:
        gc.enable()


def _prepared(arm: Arm) -> Any:
    if arm.ready is not None:
        arm.ready()
    return arm.run()


def _narrow(times: Times, claims: Mapping[str, str], narrow: float) -> bool:
    for arm, baseline in claims.items():
        figure, low, high = times.ratio(arm, baseline)
        if (high - low) / 2 > narrow * figure:
            return False
    return True


def environment() -> dict[str, object]:
    """Where the figures come from; only ratios carry over to other machines."""
    return {
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in _PACKAGES},
        "sqlite": sqlite3.sqlite_version,
        "postgresql": _postgresql(),
        "machine": platform.machine(),
        "processor": _said("/proc/cpuinfo", "model name"),
        "memory": _said("/proc/meminfo", "MemTotal"),
        "system": f"{platform.system()} {platform.release()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "quick": QUICK,
    }


_PACKAGES = ("Django", "cryptography", "msgspec", "psycopg", "granian")


def _postgresql() -> str:
    from tests.postgres import programs

    found = programs()
    if found is None:
        return ""
    words = [str(found / "postgres"), "--version"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _said(file: str, name: str) -> str:
    """The first value that a file of the kernel's gives under a name; empty where it has none."""
    place = Path(file)
    lines = place.read_text("utf-8").splitlines() if place.exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(found, "")
