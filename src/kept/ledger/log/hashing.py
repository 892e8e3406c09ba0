"""Hashes of leaves and nodes, and roots of lists of them (RFC 9162, section 2.1.1).

Rules: a leaf is hashed with the prefix 0x00 and a node with 0x01, so that neither can be taken
for the other; the root of no leaves is the hash of nothing.
"""

from collections.abc import Iterable
from hashlib import sha256

from kept.ledger.log.errors import HASH, LogError

SIZE = 32
"""Bytes of a hash."""
EMPTY = sha256(b"").digest()
"""Root of the tree without leaves."""


def of_leaf(data: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def of_leaves(leaves: Iterable[bytes]) -> list[bytes]:
    """The hashes of many leaves, in order."""
    return [sha256(b"\x00" + data).digest() for data in leaves]


def of_node(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: bytes) -> bytes:
    """The root above one or more concatenated hashes, a left-over moving up as it is."""
    while len(hashes) > SIZE:
        pairs = len(hashes) // 64 * 64
        above = [sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, pairs, 64)]
        hashes = b"".join(above) + hashes[pairs:]
    return hashes


def require(hashes: Iterable[bytes]) -> None:
    """Raise `LogError` L105 unless each hash is 32 bytes."""
    for one in hashes:
        if len(one) != SIZE:
            raise LogError(HASH, f"`{len(one)}` bytes")
