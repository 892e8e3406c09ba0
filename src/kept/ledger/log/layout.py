"""Names and bytes of a log's files (C2SP tlog-tiles).

Rules: tile numbers in groups of three digits, all but the last with `x` before them; a partial
tile carries its width; entries are prefixed with their length in two bytes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kept.ledger.log import leaf, tree
from kept.ledger.log.errors import EXPORT, LogError

_PREFIX = 2


def widths(level: int, size: int) -> Iterator[tuple[int, int]]:
    """Number and width of each tile of `level` in a tree of `size` leaves."""
    full, rest = divmod(size >> (tree.HEIGHT * level), tree.WIDTH)
    yield from ((number, tree.WIDTH) for number in range(full))
    if rest:
        yield full, rest


def tile_path(level: int, number: int, width: int) -> str:
    """The file of a tile."""
    return f"tile/{level}/{_spelled(number, width)}"


def entries_path(number: int, width: int) -> str:
    """The file of a bundle of leaves."""
    return f"tile/entries/{_spelled(number, width)}"


def bundle(leaves: Iterable[bytes]) -> bytes:
    """The bytes of a bundle."""
    return b"".join(len(one).to_bytes(_PREFIX, "big") + one for one in leaves)


def unbundle(data: bytes, width: int) -> list[bytes]:
    """The leaves of a bundle of `width`. Raises `LogError` L116."""
    step = _PREFIX + leaf.SIZE
    found = [data[at + _PREFIX : at + step] for at in range(0, len(data), step)]
    if len(found) != width or bundle(found) != data:
        raise LogError(EXPORT, f"a bundle is not `{width}` leaves")
    for one in found:
        leaf.decode(one)
    return found


def write(folder: Path, name: str, data: bytes) -> None:
    """Write a file of the log."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def read(folder: Path, name: str) -> bytes:
    """Read a file of the log. Raises `LogError` L116 where it is missing."""
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise LogError(EXPORT, f"`{name}` cannot be read") from error


def _spelled(number: int, width: int) -> str:
    digits = f"{number % 1000:03}"
    number //= 1000
    while number:
        digits = f"x{number % 1000:03}/{digits}"
        number //= 1000
    return digits if width == tree.WIDTH else f"{digits}.p/{width}"
