"""The files of the data root: sealed files, mails, visits. Copied as they are, sealed.

Rules: SQLite files (`*.sqlite3`) are copied through SQLite; its side files, sockets, drafts and
anything of the keys never are; a file that goes while it is copied was deleted, and is left out.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from kept.conf import settings
from kept.vault.backups import databases
from kept.vault.keystore.start import RESTORE

DATABASE = ".sqlite3"
_SIDE = ("-wal", "-shm", "-journal", ".part", ".restoring", ".lock")
_OWN = {RESTORE, "policy.stamp"}


def found(taken: Iterable[Path]) -> Iterator[Path]:
    """Every file of the data root that a backup holds, apart from the databases in `taken`."""
    configured = settings()
    apart = [configured.backups, configured.key_backups, configured.secret]
    if "://" not in configured.keys:
        apart.append(Path(configured.keys))
    closed = {path.resolve() for path in (*apart, *taken)}
    for folder, folders, names in os.walk(configured.data):
        here = Path(folder).resolve()
        folders[:] = sorted(name for name in folders if here / name not in closed)
        for name in sorted(names):
            path = here / name
            if _is_ours(path) and path not in closed:
                yield path


def copy(path: Path, into: Path) -> bool:
    """Copy one file; False where it was deleted meanwhile."""
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.name.endswith(DATABASE):
        databases.copy_file(path, into, _quiet)
        databases.check_file(into)
        return True
    try:
        shutil.copyfile(path, into)
    except FileNotFoundError:
        return False
    return True


def _is_ours(path: Path) -> bool:
    return path.name not in _OWN and not path.name.endswith(_SIDE) and path.is_file()


def _quiet(_done: int, _total: int) -> None:
    """Small files need no progress."""
