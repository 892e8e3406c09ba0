"""A backup's manifest: what it consists of, and how it is known to be whole and ours.

Rules: canonical JSON beside the parts, every part with size and BLAKE2b-256; a manifest of data is
sealed with a key of the site's key store, so that whoever changes a part and its digest is found
out; what is not listed is not restored.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from kept._kit import canonical
from kept._kit.errors import KeptError
from kept.vault.backups.errors import NOT_WHOLE, OTHER_STORE
from kept.vault.errors import NotAuthenticError
from kept.vault.sealed_bytes import open_bytes, seal_bytes

FILE, SEAL = "manifest.json", "manifest.seal"
LABEL = "backup"
"""Of the site's key that seals them; it is in every backup of the keys."""
_PIECE = 1 << 20
Told = Callable[[int, int], None]
"""Told of progress: done so far, and of how many."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup."""

    path: str
    """Below the backup's folder."""
    kind: Literal["sqlite", "dump", "file"]
    of: str
    """`database:<alias>`, `ledger`, `keys`, or `data:` and the path below the data root."""
    size: int
    digest: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup is."""

    kind: Literal["data", "keys"]
    made: str
    """UTC, ISO 8601."""
    parts: tuple[Part, ...]
    rows: dict[str, int]
    """Rows of each table, `<alias>.<table>`."""
    checkpoint: str
    """The ledger's signed checkpoint."""
    policy: int
    """Ordinal of the policy version in force."""
    position: int
    """How many changes the survival journal had seen."""
    days: tuple[str, str]
    """The days of the journal's oldest and newest entry; empty where there is none."""
    master: int
    """Version of the master key then."""
    release: str
    version: int = 1


def digest_of(path: Path) -> str:
    """BLAKE2b-256 of a file, hex."""
    found = hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def part(folder: Path, path: Path, kind: Any, of: str) -> Part:
    """The part that `path` is."""
    return Part(str(path.relative_to(folder)), kind, of, path.stat().st_size, digest_of(path))


def write(folder: Path, made: Manifest) -> str:
    """Write the manifest, and for data its seal; its digest."""
    data = canonical.dumps(msgspec.to_builtins(made))
    (folder / FILE).write_bytes(data)
    if made.kind == "data":
        (folder / SEAL).write_bytes(seal_bytes(LABEL, _digest(data)))
    return _digest(data).hex()


def prepare_seal() -> None:
    """Make the key that seals manifests, so that every backup of the keys has it."""
    seal_bytes(LABEL, b"")


def read(folder: Path) -> tuple[Manifest, str]:
    """The manifest and its digest. Raises `KeptError` V033."""
    try:
        data = (folder / FILE).read_bytes()
        return msgspec.convert(canonical.loads(data), Manifest), _digest(data).hex()
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise KeptError(NOT_WHOLE, f"no manifest can be read: {error}", place=str(folder)) from None


def require_ours(folder: Path) -> None:
    """Raise `KeptError` V033 or V036 where the key store did not seal this manifest of data."""
    sealed = folder / SEAL
    try:
        digest = open_bytes(LABEL, sealed.read_bytes())
    except OSError as error:
        raise KeptError(NOT_WHOLE, f"its seal is missing: {error}", place=str(folder)) from None
    except NotAuthenticError:
        raise KeptError(
            OTHER_STORE, "its seal does not open with this key store", place=str(folder)
        ) from None
    if digest != _digest((folder / FILE).read_bytes()):
        raise KeptError(NOT_WHOLE, "the manifest was changed", place=str(folder))


def require_whole(folder: Path, made: Manifest, told: Told) -> None:
    """Raise `KeptError` V033 where a part is missing, cut or changed."""
    done, total = 0, sum(one.size for one in made.parts)
    for one in made.parts:
        path = folder / one.path
        if folder.resolve() not in path.resolve().parents or not path.is_file():
            raise KeptError(NOT_WHOLE, f"`{one.path}` is missing", place=str(folder))
        if path.stat().st_size != one.size or digest_of(path) != one.digest:
            raise KeptError(NOT_WHOLE, f"`{one.path}` was cut or changed", place=str(folder))
        done += one.size
        told(done, total)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()
