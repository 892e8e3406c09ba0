"""Plays a role's operations on all arms, one operation at a time, and holds answers to the oracle.

Pure of any database: arms are whatever has the operations as methods. Which arm comes first is
dealt anew for each operation. A figure is the ratio of the whole times; its interval is the 95 %
one of a bootstrap over blocks of operations, so that a few dear ones count as what they are.
"""

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.gdprbench.mixes import Operation

_BLOCK, _SAMPLES = 20, 1_000


@dataclass(slots=True)
class Played:
    """What came of it: seconds of each arm per operation, and who was wrong how often."""

    names: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)

    def total(self, arm: str) -> float:
        """Seconds of all of the arm's operations."""
        return sum(self.seconds[arm])

    def ratio(self, arm: str, baseline: str) -> tuple[float, float, float]:
        """How many times the baseline's time the arm takes: the figure, and the interval."""
        pairs = list(zip(_blocks(self.seconds[arm]), _blocks(self.seconds[baseline]), strict=True))
        random = Random(2020)
        samples = sorted(_over(random.choices(pairs, k=len(pairs))) for _ in range(_SAMPLES))
        return _over(pairs), samples[_SAMPLES // 40], samples[-_SAMPLES // 40]

    def medians(self, arm: str) -> Mapping[str, float]:
        """Median seconds of each operation."""
        by_name: dict[str, list[float]] = defaultdict(list)
        for name, seconds in zip(self.names, self.seconds[arm], strict=True):
            by_name[name].append(seconds)
        return {name: statistics.median(found) for name, found in by_name.items()}


def play(operations: Iterable[Operation], arms: Mapping[str, Any], oracle: Any) -> Played:
    """Ask every arm every operation, in turn."""
    played, random, order = Played(), Random(2020), list(arms)
    for one in operations:
        right = getattr(oracle, one.name)(*one.words)
        played.names.append(one.name)
        random.shuffle(order)
        for name in order:
            way = getattr(arms[name], one.name)
            start = time.perf_counter()
            answer = way(*one.words)
            played.seconds[name].append(time.perf_counter() - start)
            played.wrong[name] += answer != right
    return played


def _blocks(seconds: Sequence[float]) -> list[float]:
    return [sum(seconds[start : start + _BLOCK]) for start in range(0, len(seconds), _BLOCK)]


def _over(pairs: Sequence[tuple[float, float]]) -> float:
    return sum(ours for ours, _ in pairs) / sum(theirs for _, theirs in pairs)
