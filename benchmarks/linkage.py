"""B16: can whoever holds every file tell which visitor sent which form? They should not.

Rules: visits go through the real collector and the real store, on a simulated calendar; the
adversary gets the whole file of visits, and of every form more than any file could tell them: the
exact second it was sent, who sent it, and which other forms the same person sent. They may pick the
best of their ways over all targets. The same adversary is let loose on two naive designs: a log
with times, and batches of (page, address) pairs without a rule about returning visitors.
"""

import random
import statistics
import tempfile
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from unittest.mock import patch

from benchmarks.measure import QUICK
from benchmarks.table import Row
from kept.keepers.visits import store
from kept.keepers.visits.collecting import EVERY, Collector

TARGETS = 400 if QUICK else 10_000
RATES = {10: 0.3, 100: 0.1, 10_000: 0.08}
"""Visits a day, and how many of them send a form."""
KEEP = 30
"""Days that a batch is kept; then the adversary gets their dump, and the next month begins."""
DAY = 86_400
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
PAGES = ("/", "/about/", "/products/mugs/", "/products/bags/", "/testimonials/")
Z = 1.645
"""One-sided 95 %."""


@dataclass(frozen=True)
class Visit:
    """One visitor's stay, and whether they sent a form at its end."""

    person: int
    address: str
    views: tuple[tuple[str, float], ...]
    sent: float | None


@dataclass
class Dump:
    """What the adversary holds at the end of a month."""

    batches: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    """(closed, addresses), in order of time."""
    pairs: list[tuple[float, Counter[str]]] = field(default_factory=list)
    """The naive batches: views by address."""
    log: list[tuple[float, str, str]] = field(default_factory=list)
    """The naive log: time, page, address."""
    forms: list[tuple[int, float, str]] = field(default_factory=list)
    """Person, second, and (for keeping score) the address."""


def run() -> list[Row]:
    """A row for each rate, and one for each naive design."""
    rows = []
    for rate, sending in RATES.items():
        guesses = _attack(rate, sending)
        best, figures = max(guesses.items(), key=lambda one: statistics.fmean(one[1].gains))
        low, high = _interval(figures.gains)
        work = f"linkage at {rate:,} visits a day, {len(figures.gains):,} targets, best way: {best}"
        rows.append(Row("B16", work, "points", 100 * max(high, 0.0), 1.0, 100 * low, 100 * high))
        certain = sum(one.certain for one in guesses.values())
        rows.append(Row("B16", f"certain links at {rate:,} visits a day", "links", certain, 0))
    rows += _naive()
    return rows


@dataclass
class Score:
    """How one way of guessing did."""

    gains: list[float] = field(default_factory=list)
    """Per target: chance of being right, less what chance alone gives."""
    certain: int = 0
    """Targets of whom one candidate was left, and it was theirs."""

    def note(self, left: frozenset[str], right: str, chance: float) -> None:
        """One guess among the addresses that are `left`."""
        hit = 1 / len(left) if right in left else 0.0
        self.gains.append(hit - chance)
        self.certain += left == frozenset({right})


def _attack(rate: int, sending: float) -> Mapping[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    for dump in _months(rate, sending):
        by_person = defaultdict(list)
        for person, moment, address in dump.forms:
            by_person[person].append((_covering(dump.batches, moment), address))
        for forms in by_person.values():
            every = [here for here, _right in forms]
            left = {name: way(every) for name, way in _WAYS.items()}
            for here, right in forms:
                chance = 1 / len(here) if here else 0.0
                scores["the batch of the form"].note(here, right, chance)
                for name, found in left.items():
                    scores[name].note(found, right, chance)
    return scores


def _compared(every: Sequence[frozenset[str]]) -> frozenset[str]:
    """Whoever is in the most batches of the same person's forms."""
    seen = Counter(address for batch in every for address in batch)
    most = max(seen.values(), default=0)
    return frozenset(address for address, times in seen.items() if times == most)


def _first(every: Sequence[frozenset[str]]) -> frozenset[str]:
    """Who came for the first time stands in the batch of their first form."""
    return next((batch for batch in every if batch), frozenset())


def _smallest(every: Sequence[frozenset[str]]) -> frozenset[str]:
    return min((batch for batch in every if batch), key=len, default=frozenset())


_WAYS: Mapping[str, Callable[[Sequence[frozenset[str]]], frozenset[str]]] = {
    "comparing batches": _compared,
    "the batch of the first form": _first,
    "the smallest batch": _smallest,
}


def _covering(batches: Sequence[tuple[float, frozenset[str]]], moment: float) -> frozenset[str]:
    return next((found for closed, found in batches if closed > moment), frozenset())


def _interval(gains: Sequence[float]) -> tuple[float, float]:
    middle = statistics.fmean(gains)
    reach = Z * statistics.pstdev(gains) / sqrt(len(gains))
    return middle - reach, middle + reach


def _months(rate: int, sending: float) -> Iterator[Dump]:
    """Dumps, month after month, until there were enough targets."""
    people = random.Random(f"people {rate}")
    targets = month = 0
    while targets < TARGETS:
        with (
            tempfile.TemporaryDirectory(dir=_memory()) as place,
            patch.object(store, "folder", lambda at=Path(place): at),
        ):
            dump = _month(people, rate, sending, START + month * KEEP * DAY)
        targets += len(dump.forms)
        month += 1
        yield dump


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _month(people: random.Random, rate: int, sending: float, start: float) -> Dump:
    dump, collector = Dump(), Collector(start, store.known)
    pairs: Counter[str] = Counter()
    days = max(1, min(KEEP, round(2 * TARGETS / (rate * sending))))
    for day in range(days):
        for visit in _day(people, rate, sending, start + day * DAY):
            for page, at in visit.views:
                _close(collector, at, dump, pairs)
                collector.view(page, visit.address)
                pairs[visit.address] += 1
                dump.log.append((at, page, visit.address))
            if visit.sent is not None:
                dump.forms.append((visit.person, visit.sent, visit.address))
    _close(collector, start + days * DAY + EVERY, dump, pairs)
    with store.connected() as open_:
        found = open_.execute("SELECT id, closed FROM batch ORDER BY closed").fetchall()
        for id, closed in found:
            rows = open_.execute("SELECT address FROM address WHERE batch = ?", (id,))
            dump.batches.append((closed, frozenset(address for (address,) in rows)))
    return dump


def _close(collector: Collector, moment: float, dump: Dump, pairs: Counter[str]) -> None:
    """Close every window that is over, as the collector's process does at the fixed times."""
    while moment >= collector.next_close:
        closed = collector.next_close
        batch = collector.close_if_due(closed)
        if batch is not None:
            store.publish(batch, closed)
        if len(pairs) >= 50:
            dump.pairs.append((closed, Counter(pairs)))
            pairs.clear()


def _day(people: random.Random, rate: int, sending: float, start: float) -> list[Visit]:
    """Visits of one day in order. Who sends a form looks at more pages; some come again."""
    moments = sorted(people.uniform(start, start + DAY - 1800) for _ in range(rate))
    return [_visit(people, rate, sending, moment) for moment in moments]


def _visit(people: random.Random, rate: int, sending: float, moment: float) -> Visit:
    regular = people.random() < 0.4
    person = int(people.paretovariate(0.8)) % (5 * rate) if regular else people.getrandbits(40)
    sends = people.random() < sending
    pages = people.randint(3, 9) if sends else people.randint(1, 4)
    views = tuple(
        (people.choice(PAGES), moment + 20 * n + people.uniform(0, 15)) for n in range(pages)
    )
    address = f"198.{person % 251}.{person // 251 % 253}.{person // 63_503 % 255}"
    return Visit(person, address, views, views[-1][1] + 60 if sends else None)


def _naive() -> Iterator[Row]:
    """The same visitors, the same adversary, two designs that look harmless."""
    timed, paired = Score(), Score()
    for dump in _months(100, RATES[100]):
        times = [at for at, _page, _address in dump.log]
        for person, moment, right in dump.forms:
            last = _before(times, moment)
            left = frozenset({dump.log[last][2]}) if last is not None else frozenset()
            timed.note(left, right, 1 / 50)
            batches = [_busy(dump.pairs, at) for who, at, _right in dump.forms if who == person]
            paired.note(_compared(batches), right, 1 / 50)
    for name, score in (("a log with times", timed), ("pairs of page and address", paired)):
        low, high = _interval(score.gains)
        figure = 100 * statistics.fmean(score.gains)
        work = f"naive: {name} (must fall), {score.certain:,} certain links"
        yield Row("B16", work, "points", figure, 1.0, 100 * low, 100 * high, at_least=True)


def _busy(pairs: Sequence[tuple[float, Counter[str]]], moment: float) -> frozenset[str]:
    """The addresses with the most views of the batch of that moment."""
    views = next((found for closed, found in pairs if closed > moment), Counter[str]())
    most = max(views.values(), default=0)
    return frozenset(address for address, times in views.items() if times == most)


def _before(times: Sequence[float], moment: float) -> int | None:
    place = bisect(times, moment) - 1
    return place if place >= 0 else None
