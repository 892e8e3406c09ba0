"""Verification of inclusion and consistency proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

Rules, in this order: an index lies below its size, sizes do not shrink; hashes are 32 bytes; the
proof has exactly the hashes that index and size ask for, so that nothing trails unread; the roots.
"""

from collections.abc import Sequence

from kept.ledger.log import hashing
from kept.ledger.log.errors import CONSISTENCY, INCLUSION, INDEX, LENGTH, SIZES, LogError


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Return where the leaf of `leaf_hash` is number `index` of the `size` leaves under `root`.

    Raises `LogError` L102, L104, L105 or L106.
    """
    if not 0 <= index < size:
        raise LogError(INDEX, f"leaf `{index}` of `{size}`")
    hashing.require((leaf_hash, root, *proof))
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(proof) != inner + border:
        raise LogError(LENGTH, f"`{len(proof)}` hashes, not `{inner + border}`")
    made = leaf_hash
    for height, hash_ in enumerate(proof[:inner]):
        right = index >> height & 1
        made = hashing.of_node(hash_, made) if right else hashing.of_node(made, hash_)
    for hash_ in proof[inner:]:
        made = hashing.of_node(hash_, made)
    if made != root:
        raise LogError(INCLUSION, f"leaf `{index}` of `{size}`")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Return where the tree of `old` leaves under `old_root` begins the one of `new` leaves.

    Raises `LogError` L103, L104, L105 or L107.
    """
    if not 0 <= old <= new:
        raise LogError(SIZES, f"from `{old}` to `{new}` leaves")
    hashing.require((old_root, new_root, *proof))
    if old in (0, new):
        _trivially(old, proof, old_root, new_root if old else hashing.EMPTY)
        return
    shift = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - shift
    border = ((old - 1) >> (inner + shift)).bit_count()
    start = 0 if old == 1 << shift else 1
    if len(proof) != start + inner + border:
        raise LogError(LENGTH, f"`{len(proof)}` hashes, not `{start + inner + border}`")
    seed = proof[0] if start else old_root
    rest, mask = proof[start:], (old - 1) >> shift
    if _old(seed, rest, inner, mask) != old_root or _new(seed, rest, inner, mask) != new_root:
        raise LogError(CONSISTENCY, f"sizes `{old}` and `{new}`")


def _trivially(old: int, proof: Sequence[bytes], old_root: bytes, expected: bytes) -> None:
    if proof:
        raise LogError(LENGTH, f"`{len(proof)}` hashes, not `0`")
    if old_root != expected:
        raise LogError(CONSISTENCY, f"two roots of `{old}` leaves")


def _old(seed: bytes, rest: Sequence[bytes], inner: int, mask: int) -> bytes:
    """The root of the older tree: only what stands to the left belongs to it."""
    made = seed
    for height, hash_ in enumerate(rest[:inner]):
        if mask >> height & 1:
            made = hashing.of_node(hash_, made)
    for hash_ in rest[inner:]:
        made = hashing.of_node(hash_, made)
    return made


def _new(seed: bytes, rest: Sequence[bytes], inner: int, mask: int) -> bytes:
    """The root of the newer tree."""
    made = seed
    for height, hash_ in enumerate(rest[:inner]):
        right = mask >> height & 1
        made = hashing.of_node(hash_, made) if right else hashing.of_node(made, hash_)
    for hash_ in rest[inner:]:
        made = hashing.of_node(hash_, made)
    return made
