"""The tree, kept as tiles of up to 256 hashes (C2SP tlog-tiles), grown and proven from few of them.

Rules: a tile of level 0 holds hashes of leaves, one of level n hashes of full tiles of level n-1;
nothing here reads more than a handful of tiles, whatever the tree's size: growing, the root and
every proof are logarithmic. What is stored is somebody else's business (`Tiles`).
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from kept.ledger.log import hashing
from kept.ledger.log.errors import INDEX, SIZES, TILE, LogError

WIDTH = 256
"""Hashes in a full tile."""
HEIGHT = 8
"""Levels of the binary tree that one tile stands for."""

TileId: TypeAlias = tuple[int, int]
"""Level and number of a tile."""


class Tiles(Protocol):
    """Where tiles stand."""

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, one after another; empty where there is none."""
        ...


class Overlay:
    """Tiles in memory over others, each read once: what a growth changed, over what is stored.

    Roots of full subtrees are worked out once, too, so that many proofs share them.
    """

    def __init__(self, below: Tiles, changed: Mapping[TileId, bytes] | None = None) -> None:
        self._below = below
        self._known: dict[TileId, bytes] = dict(changed or {})
        self._roots: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        """As `Tiles.tile`."""
        key = (level, number)
        if key not in self._known:
            self._known[key] = self._below.tile(level, number)
        return self._known[key]

    def root(self, height: int, index: int) -> bytes:
        """The root of the full subtree number `index` among those of 2**height leaves."""
        key = (height, index)
        if key not in self._roots:
            self._roots[key] = _subtree(self, height, index)
        return self._roots[key]


class NoTiles:
    """The tiles of an empty tree."""

    def tile(self, level: int, number: int) -> bytes:
        """Nothing."""
        return b""


def grow(tiles: Tiles, size: int, leaf_hashes: Sequence[bytes]) -> dict[TileId, bytes]:
    """The tiles that change when `leaf_hashes` are appended to a tree of `size` leaves.

    Raises `LogError` L115 when a stored tile is narrower than `size` says.
    """
    changed: dict[TileId, bytes] = {}
    level, added = 0, b"".join(leaf_hashes)
    while added:
        number, offset = divmod(size >> (HEIGHT * level), WIDTH)
        data = (_hashes(tiles, level, number, 0, offset) if offset else b"") + added
        full = []
        for at in range(0, len(data), WIDTH * hashing.SIZE):
            piece = data[at : at + WIDTH * hashing.SIZE]
            changed[level, number] = piece
            if len(piece) == WIDTH * hashing.SIZE:
                full.append(hashing.fold(piece))
            number += 1
        level, added = level + 1, b"".join(full)
    return changed


def root(tiles: Tiles, size: int) -> bytes:
    """The root of the first `size` leaves. Raises `LogError` L103 or L115."""
    if size < 0:
        raise LogError(SIZES, f"`{size}` leaves")
    return _range(_overlay(tiles), 0, size) if size else hashing.EMPTY


def inclusion(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` stands in the tree of `size` leaves (RFC 9162, 2.1.3.1).

    Raises `LogError` L102 unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise LogError(INDEX, f"leaf `{index}` of `{size}`")
    read, proof = _overlay(tiles), []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range(read, middle, end))
            end = middle
        else:
            proof.append(_range(read, start, middle))
            start = middle
    return proof[::-1]


def consistency(tiles: Tiles, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` leaves begins the one of `new` (RFC 9162, 2.1.4.1).

    Raises `LogError` L103 unless 0 <= old <= new. Nothing needs proving from 0 or to itself.
    """
    if not 0 <= old <= new:
        raise LogError(SIZES, f"from `{old}` to `{new}` leaves")
    if old in (0, new):
        return []
    read, proof = _overlay(tiles), []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range(read, middle, end))
            end = middle
        else:
            proof.append(_range(read, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(_range(read, start, end))
    return proof[::-1]


def _split(length: int) -> int:
    """The largest power of two below `length` (more than 1)."""
    return 1 << ((length - 1).bit_length() - 1)


def _overlay(tiles: Tiles) -> Overlay:
    return tiles if isinstance(tiles, Overlay) else Overlay(tiles)


def _range(tiles: Overlay, start: int, end: int) -> bytes:
    """The root over leaves `start` to `end`; `start` is where a full subtree of it begins."""
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(tiles.root(height, start >> height))
        start += 1 << height
    made = parts.pop()
    while parts:
        made = hashing.of_node(parts.pop(), made)
    return made


def _subtree(tiles: Tiles, height: int, index: int) -> bytes:
    """The root of the full subtree number `index` among those of 2**height leaves."""
    level, rest = divmod(height, HEIGHT)
    number, offset = divmod(index << rest, WIDTH)
    return hashing.fold(_hashes(tiles, level, number, offset, offset + (1 << rest)))


def _hashes(tiles: Tiles, level: int, number: int, start: int, end: int) -> bytes:
    found = tiles.tile(level, number)
    if len(found) % hashing.SIZE or len(found) < end * hashing.SIZE:
        width = len(found) / hashing.SIZE
        raise LogError(TILE, f"tile `{level}/{number}` holds `{width:g}` hashes, not `{end}`")
    return found[start * hashing.SIZE : end * hashing.SIZE]
