"""Where backups stand: two roots apart, one folder per backup, whole or not there.

Rules: keys never go where the data or its backups are; a backup is made under a hidden name and
gets its own once it is verified; one backup or restore at a time; what is older than its keep goes.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.conf import settings
from kept.policy import Period
from kept.vault.backups import manifest
from kept.vault.backups.errors import BUSY, NONE_THERE, NOT_APART
from kept.vault.keystore.safety import shared

_STAMP = "%Y%m%dT%H%M%SZ"


def require_apart(data: Path, keys: Path) -> None:
    """Raise `KeptError` V030 unless the two roots are apart from each other and from the roots.

    In development they may share a parent with others, never lie in one another.
    """
    configured = settings()
    pairs = [(keys, data), (keys, configured.data), (keys, configured.secret)]
    pairs.append((data, configured.secret))
    if "://" not in configured.keys:
        pairs.append((data, Path(configured.keys)))
    for one, other in pairs:
        a, b = one.resolve(), other.resolve()
        if a == b or a in b.parents or b in a.parents:
            raise KeptError(NOT_APART, f"`{a}` and `{b}` lie in one another")
        if configured.production and any(shared([("one", one), ("other", other)])):
            raise KeptError(NOT_APART, f"`{a}` and `{b}` share a parent")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold `root` for this process. Raises `KeptError` V037."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise KeptError(BUSY, f"in `{root}`") from error
    finally:
        os.close(descriptor)


@contextmanager
def draft(root: Path, kind: str) -> Iterator[Path]:
    """A hidden folder to make a backup in; `finish` gives it its name, else it goes."""
    for left in root.glob(f".{kind}-*"):
        shutil.rmtree(left)  # of a crash: `alone` is held
    folder = root / f".{kind}-{clock.now():{_STAMP}}-{secrets.token_hex(3)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finish(folder: Path) -> Path:
    """On disk, and under its own name."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        sync(path)
    named = folder.with_name(folder.name[1:])
    folder.rename(named)
    sync(named.parent)
    return named


def sync(path: Path) -> None:
    """Let the disk hold it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def backups(root: Path, kind: str) -> list[Path]:
    """The backups of that kind, the oldest first."""
    found = (path for path in root.glob(f"{kind}-*") if (path / manifest.FILE).is_file())
    return sorted(found, key=lambda path: (made(path), path.name))


def newest(root: Path, kind: str) -> Path:
    """The newest backup. Raises `KeptError` V034."""
    found = backups(root, kind)
    if not found:
        raise KeptError(NONE_THERE, f"no backup of `{kind}`", place=str(root))
    return found[-1]


def prune(root: Path, kind: str, keep: Period) -> int:
    """Delete the backups whose keep is over, how many."""
    gone = 0
    for path in backups(root, kind):
        if keep.after_moment(made(path)) <= clock.now():
            shutil.rmtree(path)
            gone += 1
    return gone


def made(folder: Path) -> datetime:
    """When the backup in `folder` was made."""
    return datetime.fromisoformat(manifest.read(folder)[0].made)
