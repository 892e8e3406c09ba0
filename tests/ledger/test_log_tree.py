"""The tiled tree against two oracles: the RFC's own definitions and pymerkle."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from kept.ledger.log import hashing, proofs, tree
from kept.ledger.log.errors import LogError
from tests.ledger import oracles


class Memory:
    """Tiles in a dict, counting reads."""

    def __init__(self) -> None:
        self.tiles: dict[tree.TileId, bytes] = {}
        self.reads = 0

    def tile(self, level: int, number: int) -> bytes:
        self.reads += 1
        return self.tiles.get((level, number), b"")

    def append(self, size: int, leaves: list[bytes]) -> int:
        self.tiles |= tree.grow(self, size, hashing.of_leaves(leaves))
        return size + len(leaves)


def _grown(leaves: list[bytes], steps: list[int]) -> Memory:
    made, size, at = Memory(), 0, itertools.cycle(steps)
    while size < len(leaves):
        size = made.append(size, leaves[size : size + next(at)])
    return made


LEAVES = [index.to_bytes(3, "big") for index in range(1200)]
SIZES = st.integers(0, len(LEAVES))


@pytest.fixture(scope="module")
def grown() -> Memory:
    return _grown(LEAVES, [1, 7, 256, 3, 300])


@given(size=SIZES)
@settings(max_examples=60, deadline=None)
def test_the_root_is_the_rfcs(grown, size):
    assert tree.root(grown, size) == oracles.root(LEAVES[:size])


@given(steps=st.lists(st.integers(1, 700), min_size=1, max_size=5), size=SIZES)
@settings(max_examples=40, deadline=None)
def test_how_leaves_came_in_does_not_matter(steps, size):
    """Batches of any size lead to the same tiles."""
    made = _grown(LEAVES[:size], steps)
    assert made.tiles == (_grown(LEAVES[:size], [size]).tiles if size else {})
    assert tree.root(made, size) == oracles.root(LEAVES[:size])


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_an_inclusion_proof_is_the_rfcs_and_verifies(grown, data):
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(grown, index, size)
    assert proof == oracles.path(index, LEAVES[:size])
    leaf, root = hashing.of_leaf(LEAVES[index]), tree.root(grown, size)
    proofs.verify_inclusion(index, size, leaf, proof, root)
    other = data.draw(SIZES.filter(lambda at: at != index))
    with pytest.raises(LogError):
        proofs.verify_inclusion(other, size, leaf, proof, root)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_consistency_proof_is_the_rfcs_and_verifies(grown, data):
    new = data.draw(st.integers(1, len(LEAVES)))
    old = data.draw(st.integers(1, new))
    proof = tree.consistency(grown, old, new)
    assert proof == oracles.subproof(old, LEAVES[:new])
    old_root, new_root = tree.root(grown, old), tree.root(grown, new)
    proofs.verify_consistency(old, new, proof, old_root, new_root)
    with pytest.raises(LogError):
        proofs.verify_consistency(old, new, proof, new_root, bytes(32))
    if old < new:
        with pytest.raises(LogError):
            proofs.verify_consistency(old, new, proof, bytes(32), new_root)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 700])
def test_pymerkle_agrees(grown, size):
    """On roots and inclusion; its consistency proofs have another form than the RFC's."""
    other = InmemoryTree()
    for leaf in LEAVES[:size]:
        other.append_entry(leaf)
    assert other.get_root(size) == tree.root(grown, size)
    for index in {0, size // 3, size - 1}:
        theirs = other.prove_inclusion(index + 1, size).path
        assert theirs == [hashing.of_leaf(LEAVES[index]), *tree.inclusion(grown, index, size)]


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_other_proof_verifies(grown, data):
    """Any change of any part is refused, with an error of ours."""
    size = data.draw(st.integers(2, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(grown, index, size)
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(proof[at])
    changed[bit // 8] ^= 1 << bit % 8
    wrong = data.draw(
        st.sampled_from(
            [
                [*proof[:at], bytes(changed), *proof[at + 1 :]],
                proof[:at] + proof[at + 1 :],
                [*proof[:at], proof[at], *proof[at:]],
                [*proof[:at], proof[at][:-1], *proof[at + 1 :]],
            ]
        )
    )
    with pytest.raises(LogError):
        proofs.verify_inclusion(
            index, size, hashing.of_leaf(LEAVES[index]), wrong, tree.root(grown, size)
        )


@given(
    numbers=st.tuples(*[st.integers(-2, 2**70)] * 2),
    hashes=st.lists(st.binary(min_size=30, max_size=34), max_size=70),
    roots=st.tuples(*[st.binary(min_size=31, max_size=33)] * 2).filter(
        lambda two: two[0] != two[1]
    ),
)
@settings(max_examples=300, deadline=None)
def test_garbage_is_refused_with_an_error_of_ours(numbers, hashes, roots):
    with pytest.raises(LogError):
        proofs.verify_inclusion(*numbers, roots[0], hashes, roots[1])
    with pytest.raises(LogError):
        proofs.verify_consistency(*numbers, hashes, *roots)


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0), (0, -1)])
def test_no_proof_is_made_for_an_index_outside_the_tree(grown, index, size):
    with pytest.raises(LogError, match="L102"):
        tree.inclusion(grown, index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 8), (9, 8), (1, 0)])
def test_no_proof_is_made_for_sizes_that_shrink(grown, old, new):
    with pytest.raises(LogError, match="L103"):
        tree.consistency(grown, old, new)


def test_a_missing_or_cut_tile_is_an_error(grown):
    cut = Memory()
    cut.tiles = {**grown.tiles, (0, 1): grown.tiles[0, 1][:-32]}
    with pytest.raises(LogError, match="L115"):
        tree.inclusion(cut, 300, 1200)
    with pytest.raises(LogError, match="L115"):
        tree.grow(tree.NoTiles(), 5, [bytes(32)])
    with pytest.raises(LogError, match="L103"):
        tree.root(grown, -1)


def test_proofs_and_growth_read_a_handful_of_tiles_whatever_the_size():
    """Tiles of a log of 17 million leaves, all alike, are enough to count reads."""

    class Alike(Memory):
        def tile(self, level: int, number: int) -> bytes:
            self.reads += 1
            return bytes(8192)

    for size in (256**2, 256**3, 256**3 + 12345):
        for work in (
            lambda tiles, size=size: tree.inclusion(tiles, size // 3, size),
            lambda tiles, size=size: tree.consistency(tiles, size // 3, size),
            lambda tiles, size=size: tree.root(tree.Overlay(tiles), size),
            lambda tiles, size=size: tree.grow(tiles, size, [bytes(32)] * 300),
        ):
            tiles = Alike()
            work(tiles)
            assert tiles.reads <= 10
