"""Where leaves stand that somebody can open, found without a note of it beside anyone.

Rules: the leaves of one batch stand in the order of their commitments, so that in a large batch one
is looked up as a word in a dictionary; small batches are read through, each bundle once for all
leaves that are looked for. Nobody trusts that order: what is not found this way is looked for in
every bundle before it is called missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from kept.ledger.log import hashing, leaf, tree
from kept.ledger.store import batches, leaves
from kept.ledger.store.batches import Span
from kept.ledger.store.connect import Store

_BATCHES = 64
"""Batches looked at before it is asked whether anything is still looked for."""
_SMALL = 4 * tree.WIDTH
"""Leaves of a batch that is read through."""
_HELD = 1_000
"""Bundles in memory (9 MB)."""
_SCALE = 1 << 64


def find_all(store: Store, wanted: Mapping[bytes, int], size: int) -> dict[bytes, int]:
    """Leaf -> index, for those of `wanted` that stand among the first `size` leaves.

    `wanted`: leaf -> the day of its entry. A clock may have stood a day ahead when it was made.
    """
    found = {one: index for index, one in _seek(store, wanted, size)}
    for one in wanted.keys() - found.keys():
        if (index := leaves.find(store, one, 0, size)) is not None:
            found[one] = index
    return found


def _seek(store: Store, wanted: Mapping[bytes, int], size: int) -> Iterator[tuple[int, bytes]]:
    """From the day of the oldest on; over days of which nothing is looked for in one step."""
    reader = _Reader(store)
    later = sorted(wanted, key=wanted.__getitem__, reverse=True)
    sought: set[bytes] = set()
    after = 0
    while later or sought:
        if not sought:
            batch = batches.first_since(store, wanted[later[-1]] - 1)
            if batch is None:
                return
            after = max(after, batch.number - 1)
        some = batches.spans(store, after, size, _BATCHES)
        if not some:
            return
        after, day = some[-1].number, max(one.day for one in some)
        while later and wanted[later[-1]] - 1 <= day:
            sought.add(later.pop())
        yield from reader.among(some, sought)


class _Reader:
    """Reads bundles, each once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[int, bytes] = {}

    def among(self, some: Iterable[Span], sought: set[bytes]) -> Iterator[tuple[int, bytes]]:
        """Which of `sought` stand in these batches, and where; each is taken out of `sought`."""
        for small, run in groupby(some, lambda one: one.size - one.first <= _SMALL):
            spans = list(run)
            found = self._through(spans, sought) if small else self._looked_up(spans, sought)
            for index, one in list(found):
                sought.discard(one)
                yield index, one
            if not sought:
                return

    def _looked_up(self, spans: list[Span], sought: set[bytes]) -> Iterator[tuple[int, bytes]]:
        for span in spans:
            for one in sought:
                index = self._look_up(span, one)
                if index is not None:
                    yield index, one

    def _through(self, spans: list[Span], sought: set[bytes]) -> Iterator[tuple[int, bytes]]:
        first, end = spans[0].first, spans[-1].size
        numbers = range(first // tree.WIDTH, -(-end // tree.WIDTH))
        for number in numbers:
            held = leaves.split(self._bundle(number))
            if sought.isdisjoint(held):
                continue
            for at, one in enumerate(held):
                index = number * tree.WIDTH + at
                if one in sought and first <= index < end:
                    yield index, one

    def _look_up(self, span: Span, one: bytes) -> int | None:
        commitment = one[-hashing.SIZE :]
        low, high = span.first // tree.WIDTH, (span.size - 1) // tree.WIDTH
        share = int.from_bytes(commitment[:8], "big") / _SCALE  # they are spread evenly
        number = (span.first + int(share * (span.size - span.first))) // tree.WIDTH
        while low <= high:
            start = max(span.first - number * tree.WIDTH, 0)
            held = self._bundle(number)[
                start * leaf.SIZE : (span.size - number * tree.WIDTH) * leaf.SIZE
            ]
            if commitment < held[leaf.SIZE - hashing.SIZE : leaf.SIZE]:
                high = number - 1
            elif commitment > held[-hashing.SIZE :]:
                low = number + 1
            else:
                at = held.find(one)
                while at % leaf.SIZE and at != -1:  # bytes of two leaves that look like one
                    at = held.find(one, at + 1)
                return None if at == -1 else number * tree.WIDTH + start + at // leaf.SIZE
            number = max(low, min(high, number + (1 if low > number else -1)))
        return None

    def _bundle(self, number: int) -> bytes:
        if number not in self._held:
            if len(self._held) >= _HELD:
                self._held.clear()
            self._held[number] = leaves.bundle(self._store, number)
        return self._held[number]
