"""Leaves and tiles in the ledger's database.

Rules: leaves stand in bundles of 256, and what would be tiles of level 0 is hashed from them each
time, so that an edited leaf cannot hide behind an unedited hash; higher tiles are stored.
"""

from collections.abc import Iterator, Sequence

from kept.ledger.log import hashing, leaf, tree
from kept.ledger.store.connect import Store

_BUNDLE = (
    "INSERT INTO bundle (number, leaves) VALUES (%s, %s)"
    " ON CONFLICT (number) DO UPDATE SET leaves = excluded.leaves"
)
_TILE = (
    "INSERT INTO tile (level, number, hashes) VALUES (%s, %s, %s)"
    " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"
)


class StoredTiles:
    """The tiles of the ledger's tree, as `kept.ledger.log.tree.Tiles`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile; empty where there is none."""
        if level == 0:
            return b"".join(hashing.of_leaves(split(bundle(self._store, number))))
        found = self._store.row(
            "SELECT hashes FROM tile WHERE level = %s AND number = %s", (level, number)
        )
        return bytes(found[0]) if found else b""


def bundle(store: Store, number: int) -> bytes:
    """The leaves of bundle `number`, one after another; empty where there is none."""
    found = store.row("SELECT leaves FROM bundle WHERE number = %s", (number,))
    return bytes(found[0]) if found else b""


def split(leaves: bytes) -> list[bytes]:
    """The single leaves of a bundle; a left-over at its end counts as one."""
    return [leaves[at : at + leaf.SIZE] for at in range(0, len(leaves), leaf.SIZE)]


def append(store: Store, size: int, leaves: Sequence[bytes]) -> bytes:
    """Append `leaves` to the tree of `size` leaves, in the open transaction; the new root."""
    tiles = tree.Overlay(StoredTiles(store))
    changed = tree.grow(tiles, size, hashing.of_leaves(leaves))
    store.run_many(_BUNDLE, _bundles(store, size, leaves))
    store.run_many(
        _TILE, [(level, number, data) for (level, number), data in changed.items() if level]
    )
    return tree.root(tree.Overlay(tiles, changed), size + len(leaves))


def _bundles(store: Store, size: int, leaves: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    number, offset = divmod(size, tree.WIDTH)
    held = bundle(store, number)[: offset * leaf.SIZE] if offset else b""
    at = 0
    while at < len(leaves):
        end = at + tree.WIDTH - offset
        yield number, held + b"".join(leaves[at:end])
        number, offset, held, at = number + 1, 0, b"", end


def find(store: Store, wanted: bytes, start: int, size: int) -> int | None:
    """The index of the leaf `wanted` among the leaves `start` to `size`, or None."""
    for number in range(start // tree.WIDTH, -(-size // tree.WIDTH)):
        data = bundle(store, number)
        at = data.find(wanted)
        while at % leaf.SIZE and at != -1:  # bytes of two leaves that look like one
            at = data.find(wanted, at + 1)
        index = number * tree.WIDTH + at // leaf.SIZE
        if at != -1 and start <= index < size:
            return index
    return None
