"""Leaves, tiles, batches and checkpoints against each other.

Rules: every batch begins where the one before ended and its code holds; its leaves lead to its
root; its checkpoint says the same and is signed by the log's key; stored tiles are what the leaves
make them; nothing stands beyond the tree's end.
"""

from collections.abc import Iterable

from kept.ledger.checking.findings import Report
from kept.ledger.entries import Macs
from kept.ledger.errors import EDITED_BATCH, EDITED_CHECKPOINT, EDITED_LEAF
from kept.ledger.log import checkpoint, hashing, leaf, tree
from kept.ledger.log.errors import LogError
from kept.ledger.log.note import Verifier
from kept.ledger.store import Store, batches, leaves
from kept.ledger.store.batches import Batch

_PAGE = 500


class Right:
    """The right edge of a tree that is being grown: all that growing and its root need."""

    def __init__(self, below: tree.Tiles) -> None:
        self._below = below
        self._edge: dict[int, tuple[int, bytes]] = {}

    def tile(self, level: int, number: int) -> bytes:
        """As `Tiles.tile`, of the newest tile of each level."""
        held = self._edge.get(level)
        return held[1] if held and held[0] == number else self._below.tile(level, number)

    def take(self, changed: dict[tree.TileId, bytes]) -> None:
        """Move on."""
        for (level, number), data in changed.items():
            self._edge[level] = (number, data)


class TreeCheck:
    """Goes through batches in order. `verifier` knows the log's key; `origin` is its name."""

    def __init__(
        self, store: Store, macs: Macs, verifier: Verifier, origin: str, report: Report
    ) -> None:
        self._store, self._macs, self._report = store, macs, report
        self._verifier, self._origin = verifier, origin
        self._lost = False

    def run(self, after: int, limit: int | None = None) -> int:
        """Check up to `limit` batches above number `after`; the number of the last one.

        From batch 0 on, nothing stored is taken for granted; from a later one, the tiles to its
        left are, until their own turn.
        """
        before = batches.numbered(self._store, after) if after else None
        stored = leaves.StoredTiles(self._store)
        edge = Right(stored if after else tree.NoTiles())
        done = after
        while limit is None or done - after < limit:
            page = batches.many(self._store, done, min(_PAGE, (limit or _PAGE)))
            if not page:
                break
            for batch in page:
                self._batch(batch, before, edge)
                before = batch
            done = page[-1].number
        return done

    def end(self) -> None:
        """Nothing stands beyond the tree, and nothing of it is missing at its end."""
        last = batches.latest(self._store)
        size = last.size if last else 0
        number, offset = divmod(size, tree.WIDTH)
        if len(leaves.bundle(self._store, number)) != offset * leaf.SIZE or self._store.row(
            "SELECT 1 FROM bundle WHERE number > %s", (number,)
        ):
            self._report.found(EDITED_LEAF, f"the leaves do not end at `{size}`")
        self._end_of_tiles(size)

    def _end_of_tiles(self, size: int) -> None:
        """The rightmost tile of each level is as wide as `size` says, and the last one."""
        stored, level = leaves.StoredTiles(self._store), 1
        while True:
            number, width = divmod(size >> (tree.HEIGHT * level), tree.WIDTH)
            beyond = self._store.row(
                "SELECT 1 FROM tile WHERE level = %s AND number > %s", (level, number)
            )
            if beyond or len(stored.tile(level, number)) != width * hashing.SIZE:
                self._report.found(EDITED_LEAF, f"tile `{level}/{number}` at the end of the tree")
            if (number, width) == (0, 0):
                return
            level += 1

    def _batch(self, batch: Batch, before: Batch | None, edge: Right) -> None:
        self._report.saw("batches", 1)
        number, size = (before.number, before.size) if before else (0, 0)
        follows = (batch.number, batch.first) == (number + 1, size) and batch.size > batch.first
        if not follows or batch.mac != self._macs.of_parts(b"batch", *batch.parts()):
            self._report.found(EDITED_BATCH, f"batch `{batch.number}`")
        self._checkpoint(batch)
        if follows and not self._lost:  # after one edited leaf no later root can be right
            self._leaves(batch, edge)

    def _checkpoint(self, batch: Batch) -> None:
        try:
            head = checkpoint.verify(batch.note.encode(), [self._verifier], self._origin)
        except LogError as error:
            self._report.found(EDITED_CHECKPOINT, f"of batch `{batch.number}`: {error.message}")
            return
        if (head.size, head.root) != (batch.size, batch.root):
            self._report.found(EDITED_CHECKPOINT, f"of batch `{batch.number}`: another tree")

    def _leaves(self, batch: Batch, edge: Right) -> None:
        found = self._read(batch.first, batch.size)
        self._report.saw("leaves", len(found))
        try:
            changed = tree.grow(edge, batch.first, hashing.of_leaves(found))
            edge.take(changed)
            root = tree.root(edge, batch.first + len(found))
        except LogError as error:
            self._report.found(EDITED_LEAF, f"before leaf `{batch.first}`: {error.message}")
            self._lost = True
            return
        if root == batch.root:
            self._tiles(batch, changed.items())
            return
        self._lost = True
        self._report.found(
            EDITED_LEAF, f"leaves `{batch.first}` to `{batch.size - 1}`, or tiles before them"
        )

    def _tiles(self, batch: Batch, changed: Iterable[tuple[tree.TileId, bytes]]) -> None:
        """Tiles that this batch changed: stored ones begin with what it made of them."""
        stored = leaves.StoredTiles(self._store)
        for (level, number), data in changed:
            if level and not stored.tile(level, number).startswith(data):
                self._report.found(
                    EDITED_LEAF, f"tile `{level}/{number}` at leaves below `{batch.size}`"
                )

    def _read(self, start: int, end: int) -> list[bytes]:
        first = start // tree.WIDTH
        data = b"".join(
            leaves.bundle(self._store, number).ljust(tree.WIDTH * leaf.SIZE, b"\0")
            for number in range(first, -(-end // tree.WIDTH))
        )
        at = start - first * tree.WIDTH
        return leaves.split(data[at * leaf.SIZE : (at + end - start) * leaf.SIZE])
