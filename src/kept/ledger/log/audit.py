"""An auditor's check of an exported log, without the site and its databases.

Rules: the newest checkpoint is signed by the key the auditor trusts; the leaves lead to its root;
every published checkpoint, and the ones the auditor kept from before, is a prefix of it; the tiles
are what the leaves make them; each event in clear is what its leaf commits to.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kept.ledger.log import checkpoint as checkpoints
from kept.ledger.log import hashing, layout, leaf, note, tree
from kept.ledger.log.checkpoint import Checkpoint
from kept.ledger.log.errors import CONSISTENCY, EXPORT, SIZES, LogError
from kept.ledger.log.text import from_base64

_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What reading JSON of any shape as one of ours may raise."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What an export proved."""

    checkpoint: Checkpoint
    checkpoints: int
    """Published checkpoints, each a prefix of the newest."""
    open: tuple[str, ...]
    """The events in clear, as JSON texts."""


class _Edge:
    """The newest tile of each level of the tree being grown."""

    def __init__(self) -> None:
        self.tiles: dict[tree.TileId, bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def take(self, changed: dict[tree.TileId, bytes]) -> None:
        newest = dict((*self.tiles, *changed))
        self.tiles.update(changed)
        self.tiles = {key: data for key, data in self.tiles.items() if newest[key[0]] == key[1]}


def audit(
    folder: Path, verifiers: Sequence[note.Verifier], origin: str, kept: Iterable[bytes] = ()
) -> Audited:
    """Check an exported log. `kept`: checkpoints (signed notes) that the auditor has from before.

    Raises `LogError`: L108 to L112 (a checkpoint), L103 (the log is shorter than a kept one), L107
    (another history than a kept one), L116 (files that do not fit each other), L101 (a leaf).
    """
    head = checkpoints.verify(layout.read(folder, "checkpoint"), verifiers, origin)
    published = [checkpoints.verify(text, verifiers, origin) for text in _lines(folder)]
    own = [checkpoints.verify(text, verifiers, origin) for text in kept]
    for one in own:
        if one.size > head.size:
            raise LogError(
                SIZES, f"a kept checkpoint has `{one.size}` leaves, the log `{head.size}`"
            )
    events = _events(folder)
    roots = _walk(folder, head.size, {one.size for one in (*published, *own)}, events)
    if roots[head.size] != head.root:
        raise LogError(EXPORT, f"the `{head.size}` leaves lead to another root")
    for one in (*published, *own):
        if roots.get(one.size) != one.root:
            raise LogError(CONSISTENCY, f"the checkpoint of `{one.size}` leaves")
    return Audited(head, len(published), tuple(text for text, _ in events.values()))


def _walk(
    folder: Path, size: int, sizes: set[int], events: dict[int, tuple[str, bytes]]
) -> dict[int, bytes]:
    """Read every leaf once; the roots at `sizes` and at the end."""
    edge, roots, done = _Edge(), {0: hashing.EMPTY}, 0
    for number, width in layout.widths(0, size):
        data = layout.read(folder, layout.entries_path(number, width))
        found = layout.unbundle(data, width)
        for at, one in enumerate(found):
            if events.get(done + at, ("", one))[1] != one:
                raise LogError(EXPORT, f"the event in clear of leaf `{done + at}`")
        hashes = hashing.of_leaves(found)
        stops = sorted(stop for stop in {*sizes, size} if done < stop <= done + width)
        for stop in stops:
            edge.take(tree.grow(edge, done, hashes[: stop - done]))
            roots[stop] = tree.root(edge, stop)
        changed = tree.grow(edge, done, hashes)
        _compare(folder, changed, size)
        edge.take(changed)
        done += width
    if any(index >= size for index in events):
        raise LogError(EXPORT, "an event in clear has no leaf")
    return roots


def _compare(folder: Path, changed: dict[tree.TileId, bytes], size: int) -> None:
    for (level, number), data in changed.items():
        width = min((size >> (tree.HEIGHT * level)) - number * tree.WIDTH, tree.WIDTH)
        stored = layout.read(folder, layout.tile_path(level, number, width))
        if len(stored) != width * hashing.SIZE or not stored.startswith(data):
            raise LogError(EXPORT, f"tile `{level}/{number}` is not what its leaves make it")


def _lines(folder: Path) -> list[bytes]:
    try:
        texts = [json.loads(line) for line in layout.read(folder, "checkpoints").splitlines()]
    except _MALFORMED as error:
        raise LogError(EXPORT, f"`checkpoints`: {error}") from error
    if not all(isinstance(text, str) for text in texts):
        raise LogError(EXPORT, "`checkpoints` holds something else than texts")
    return [text.encode() for text in texts]


def _events(folder: Path) -> dict[int, tuple[str, bytes]]:
    """For each index of `open`: the event's text and the leaf that it must have."""
    found: dict[int, tuple[str, bytes]] = {}
    for line in layout.read(folder, "open").splitlines():
        try:
            one = json.loads(line)
            index, event, nonce = one["index"], one["event"], from_base64(one["nonce"])
            day = leaf.days(date.fromisoformat(one["day"]))
            made = leaf.encode(day, leaf.commit(nonce + event.encode()))
        except _MALFORMED as error:
            raise LogError(EXPORT, f"`open`: {line[:80]!r}") from error
        if type(index) is not int or index < 0 or index in found or len(nonce) != leaf.NONCE:
            raise LogError(EXPORT, f"`open`: leaf `{index}`")
        found[index] = (event, made)
    return found
