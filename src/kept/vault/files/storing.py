"""Storing sealed files and giving them out: gated like any other personal data.

Rules: a file is on disk, whole, before its row is written, and goes after its row is gone; its name
and type are sealed with it; it is given within a purpose scope, part by part, and no further once
the scope has ended; what staff open is recorded first.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.signals import post_delete

from kept import gate, ledger
from kept._kit import clock
from kept._kit.ids import new_id
from kept.conf import settings
from kept.vault import opening, people, sealing
from kept.vault.batch import batch_of
from kept.vault.files import stream
from kept.vault.keystore import SubjectKey
from kept.vault.models import SealedFile
from kept.vault.stored import using_of

_ORPHAN_AFTER = timedelta(days=1)


class About(msgspec.Struct, frozen=True):
    """What stands in front of the content."""

    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file, open in the current scope."""

    name: str
    media_type: str
    parts: Iterator[bytes]
    """The content; reading on after the scope has ended raises `gate.SealedError`."""


def store(
    content: Iterable[bytes],
    *,
    subject: UUID,
    point: str,
    category: str,
    name: str,
    media_type: str = "application/octet-stream",
    using: str = DEFAULT_DB_ALIAS,
) -> SealedFile:
    """Seal and store. `content`: pieces of any size. Raises `NotStoredError`: nothing is kept.

    Nothing is locked while the content is made; a person who is erased meanwhile gets no row.
    """
    ordinal, _ = gate.in_force().in_force
    row = SealedFile(
        id=new_id(), subject_id=subject, point=point, category=category, collected=ordinal
    )
    key = _allowed(row, using)
    path = path_of(row.id)
    try:
        _write(path, row.id, key, About(name, media_type), content)
        with transaction.atomic(using=using):
            people.lock(subject, using)
            row.save(using=using, force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return row


def _allowed(row: SealedFile, using: str) -> SubjectKey:
    """The key that the file gets. Raises `NotStoredError` where the gate denies to store it."""
    with transaction.atomic(using=using):
        person = people.lock(row.subject_id, using)
        sealing.ask([row.category], row.point, None, person, SealedFile._meta.label)
        return sealing.key_for(row.subject_id, row.point, SealedFile._meta.label)


def open(row: SealedFile) -> OpenedFile:
    """Open `row` in the current scope. Raises `gate.SealedError`, `NotAuthenticError`."""
    scope, place = gate.current(), str(row)
    if scope is None:
        opening.withhold(row.category, None, place)
    file = path_of(row.id).open("rb")
    try:
        header = file.read(stream.HEADER)
        batch = batch_of(scope)
        key, decision = batch.ask_about(
            stream.key_id(header, place), row.subject_id, row.category, row.point, row.collected,
            using_of(row),
        )  # fmt: skip
        if key is None or not decision.allowed:
            opening.withhold(row.category, decision, place)
        _record(scope, row)
        parts = stream.open(file, header, row.id, key)
        about, rest = _about(parts)
    except BaseException:
        file.close()
        raise
    return OpenedFile(about.name, about.media_type, _within(scope, row, rest, file.close))


def read(id: UUID, key: SubjectKey) -> tuple[About, Iterator[bytes]]:
    """A file under a key that the caller has a right to use, and has recorded the use of."""
    file = path_of(id).open("rb")
    try:
        about, rest = _about(stream.open(file, file.read(stream.HEADER), id, key))
    except BaseException:
        file.close()
        raise
    return about, _closing(rest, file.close)


def sweep() -> int:
    """Remove files without a row (a crash between the two); how many. Nothing newer than a day."""
    before = (clock.now() - _ORPHAN_AFTER).timestamp()
    old = {
        UUID(path.name): path
        for path in _folder().glob("??/*")
        if _is_id(path.name) and written_before(path, before)
    }
    known = set(SealedFile.objects.filter(pk__in=old).values_list("pk", flat=True))
    for id in old.keys() - known:
        old[id].unlink(missing_ok=True)
    return len(old.keys() - known)


def path_of(id: UUID) -> Path:
    """Where the file of that id stands."""
    return _folder() / id.hex[:2] / id.hex


def written_before(path: Path, moment: float) -> bool:
    """Whether a file is older than `moment` (seconds since 1970); no where it went meanwhile."""
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _folder() -> Path:
    return settings().data / "files"


def _is_id(name: str) -> bool:
    return len(name) == 32 and all(sign in "0123456789abcdef" for sign in name)  # noqa: PLR2004 - hex digits of a UUID


def _write(path: Path, id: UUID, key: SubjectKey, about: About, content: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in stream.seal(_with_about(about, content), id, key):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _with_about(about: About, content: Iterable[bytes]) -> Iterator[bytes]:
    head = msgspec.msgpack.encode(about)
    yield len(head).to_bytes(4, "big") + head
    yield from content


def _about(parts: Iterator[bytes]) -> tuple[About, Iterator[bytes]]:
    """What stands in front of the content, and the rest."""
    first = next(parts)
    size = int.from_bytes(first[:4], "big")
    about = msgspec.msgpack.decode(first[4 : 4 + size], type=About)
    return about, _after(first[4 + size :], parts)


def _after(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from parts


def _closing(parts: Iterator[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        close()


def _within(
    scope: gate.Scope, row: SealedFile, parts: Iterator[bytes], close: Callable[[], None]
) -> Iterator[bytes]:
    try:
        for part in parts:
            if scope.closed or gate.current() is not scope:
                opening.withhold(row.category, None, str(row))
            yield part
    finally:
        close()


def _record(scope: gate.Scope, row: SealedFile) -> None:
    if scope.actor.kind == "staff":
        ledger.record_now(
            ledger.Opened(
                purpose=scope.purpose, actor="staff", by=scope.actor.id or None,
                categories=(row.category,),
            ),
            row.subject_id,
        )  # fmt: skip


def _remove(sender: object, instance: SealedFile, using: str, **_: object) -> None:
    """The file goes once the deletion of its row is certain."""
    path = path_of(instance.pk)
    transaction.on_commit(lambda: path.unlink(missing_ok=True), using=using)


post_delete.connect(_remove, sender=SealedFile, dispatch_uid="kept.vault.files")
