"""The test restore: whether the newest backup is one that would bring everyone back.

Rules: restored for real, into a scratch place; every digest, every table's rows and a sample of
rows and files opened with today's keys, for the purpose `maintain`: what is opened is given to
nobody. A row whose key is destroyed is as it should be. The outcome is recorded, good or bad.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps

from kept import gate, ledger
from kept._kit.errors import KeptError
from kept._kit.ids import new_id
from kept.conf import settings
from kept.vault import codec
from kept.vault.backups import databases, keys, manifest, places, scratch
from kept.vault.backups.making import quiet
from kept.vault.backups.manifest import Manifest, Told
from kept.vault.errors import VaultError
from kept.vault.files import stream
from kept.vault.files.storing import path_of
from kept.vault.keystore import journal, keystore
from kept.vault.models import SealedFile

SAMPLE = 100
"""Rows of each model, and files, that are opened."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a test restore came to."""

    folder: Path
    made: str
    rows: int
    opened: int
    """Rows and files of the sample that open with today's keys."""
    destroyed: int
    """Rows and files of the sample whose keys are destroyed, as they should be."""
    keys: int
    """Keys of the newest key backup that open with today's master key."""
    problems: tuple[str, ...]

    @property
    def good(self) -> bool:
        """True where this backup would bring back everything it should."""
        return not self.problems


class _Count:
    """What the sample came to so far."""

    def __init__(self) -> None:
        self.rows = self.opened = self.destroyed = 0
        self.problems: list[str] = []


@ledger.flow(ledger.RestoreTried, own_transactions=True)
def try_newest(
    root: Path | None = None, key_root: Path | None = None, *, told: Told = quiet
) -> Trial:
    """Restore the newest backups for a test, and record the outcome. Raises `KeptError` V034."""
    root, key_root = root or settings().backups, key_root or settings().key_backups
    folder = places.newest(root, "data")
    made, digest = manifest.read(folder)
    count = _Count()
    with places.alone(root), places.draft(root, "trial") as place, gate.purpose(gate.MAINTAIN):
        try:
            manifest.require_ours(folder)
            manifest.require_whole(folder, made, told)
            _databases(folder, made, place, count)
            opened_keys = _keys(key_root)
        except KeptError as error:
            opened_keys = 0
            count.problems.append(str(error))
    tried = ledger.RestoreTried(digest=digest, outcome="bad" if count.problems else "good")
    ledger.record_now(tried, None)
    return Trial(
        folder, made.made, count.rows, count.opened, count.destroyed, opened_keys,
        tuple(count.problems),
    )  # fmt: skip


def _databases(folder: Path, made: Manifest, place: Path, count: _Count) -> None:
    parts = {part.of: part for part in made.parts}
    for source in databases.sources():
        if source.of not in parts:
            count.problems.append(f"it has no `{source.of}`")
            continue
        with scratch.restored(folder / parts[source.of].path, source, place) as rows:
            _compare(source.of, rows, made, count)
            if source.of != databases.LEDGER:
                _sample(folder, count)


def _compare(of: str, rows: dict[str, int], made: Manifest, count: _Count) -> None:
    wanted = {
        name.removeprefix(f"{of}."): number
        for name, number in made.rows.items()
        if name.startswith(f"{of}.")
    }
    count.rows += sum(rows.values())
    for table in sorted(wanted.keys() | rows.keys()):
        if wanted.get(table) != rows.get(table):
            count.problems.append(
                f"`{table}` has {rows.get(table)} rows, the manifest says {wanted.get(table)}"
            )


def _sample(folder: Path, count: _Count) -> None:
    for model in apps.get_models():
        shape = getattr(model, "_kept_shape", None)
        if shape is None or shape.model is not model:
            continue
        for row in _some(model):
            raw = bytes(row.__dict__[shape.envelope])
            if raw:
                _try(count, shape.place(row), raw)
    for row in _some(SealedFile):
        _try_file(count, folder, row)


def _some(model: Any) -> Iterator[Any]:
    """Rows from a random place on, and from the start where those are too few."""
    rows = model._base_manager.using(scratch.ALIAS).order_by("pk")
    found = list(rows.filter(pk__gte=new_id())[:SAMPLE]) if _is_random(model) else []
    known = {row.pk for row in found}
    rest = rows[: SAMPLE - len(found)]
    yield from found
    yield from (row for row in rest if row.pk not in known)


def _is_random(model: Any) -> bool:
    return str(model._meta.pk.get_internal_type()) == "UUIDField"


def _try(count: _Count, place: codec.Place, raw: bytes) -> None:
    """Open one envelope and drop it."""
    try:
        id = codec.key_id(raw, place)
        key = keystore().keys.fetch([id]).get(id)
        if key is None:
            _without_key(count, place.subject, str(place))
            return
        codec.open(raw, key, place)
    except VaultError as error:
        count.problems.append(str(error))
    else:
        count.opened += 1


def _try_file(count: _Count, folder: Path, row: SealedFile) -> None:
    """Read one sealed file to its end and drop it."""
    path = folder / "files" / path_of(row.pk).relative_to(settings().data)
    if not path.is_file():
        if SealedFile.objects.filter(pk=row.pk).exists():
            count.problems.append(f"the content of {row} is missing")
        return
    try:
        with path.open("rb") as file:
            header = file.read(stream.HEADER)
            id = stream.key_id(header, str(row))
            key = keystore().keys.fetch([id]).get(id)
            if key is None:
                _without_key(count, row.subject_id, str(row))
                return
            for _ in stream.open(file, header, row.pk, key):
                pass
    except VaultError as error:
        count.problems.append(str(error))
    else:
        count.opened += 1


def _without_key(count: _Count, subject: UUID, place: str) -> None:
    found = keystore().database.read(
        "SELECT 1 FROM journal WHERE subject = ? AND kind = ?", (subject.bytes, journal.DESTROYED)
    )
    if found:
        count.destroyed += 1
    else:
        count.problems.append(f"the key of {place} is gone, and no erasure says why")


def _keys(key_root: Path) -> int:
    folder = places.newest(key_root, "keys")
    made, _ = manifest.read(folder)
    manifest.require_whole(folder, made, quiet)
    with places.alone(key_root), places.draft(key_root, "trial") as apart:
        shutil.copyfile(folder / keys.NAME, apart / keys.NAME)
        return keys.check(apart / keys.NAME, keystore())
