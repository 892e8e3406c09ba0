"""Start-up refusals: what must hold before a key is given out in production.

Rules: the three roots share no parent (one backup of that parent would take all of them) and none
lies in another; folders are 0700 and files 0600, of our own account; keys in PostgreSQL stand in
another cluster than the data. What cannot be found out counts as wrong.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from kept.vault.errors import LOOSE, UNSAFE_ROOTS, MisconfiguredError

Roots = Sequence[tuple[str, Path]]


def problems(roots: Roots, private: Sequence[Path]) -> Iterator[MisconfiguredError]:
    """What is wrong with the named `roots`, and with the files under those in `private`."""
    yield from shared(roots)
    for _, root in roots:
        yield from _loose_folder(root)
    for root in private:
        yield from _loose_files(root)


def shared(roots: Roots) -> Iterator[MisconfiguredError]:
    """Pairs of roots of which one backup would take both."""
    for (one, first), (other, second) in combinations(roots, 2):
        a, b = first.resolve(), second.resolve()
        if a == b or a in b.parents or b in a.parents:
            yield MisconfiguredError(
                UNSAFE_ROOTS, f"`{one}` and `{other}` lie in one another", place=f"{a}, {b}"
            )
        elif _common(a, b):
            yield MisconfiguredError(
                UNSAFE_ROOTS,
                f"`{one}` and `{other}` share the parent `{_common(a, b)}`",
                do="keep them under different parents, backed up apart",
            )


def _common(a: Path, b: Path) -> Path | None:
    """The parent of one that also holds the other; the file system's root does not count."""
    for one, other in ((a, b), (b, a)):
        if one.parent != Path(one.anchor) and one.parent in other.parents:
            return one.parent
    return None


def _loose_folder(root: Path) -> Iterator[MisconfiguredError]:
    if root.is_dir():
        yield from _loose(root, 0o700)


def _loose_files(root: Path) -> Iterator[MisconfiguredError]:
    if not root.is_dir():
        return
    for path in sorted(_walk(root)):
        yield from _loose(path, 0o700 if path.is_dir() else 0o600)


def _walk(root: Path) -> Iterable[Path]:
    for folder, folders, files in os.walk(root):
        yield from (Path(folder) / name for name in (*folders, *files))


def _loose(path: Path, allowed: int) -> Iterator[MisconfiguredError]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return  # SQLite removes its side files when the last connection closes
    mode = stat.S_IMODE(found.st_mode)
    if mode & ~allowed:
        yield MisconfiguredError(
            LOOSE, f"mode {mode:04o} is wider than {allowed:04o}", place=str(path)
        )
    if found.st_uid not in (os.geteuid(), 0):
        yield MisconfiguredError(
            LOOSE, "it belongs to another account", place=str(path), do="chown it to this account"
        )
