"""A sealed file under another key of a subject, or under another subject's: only its head changes.

The content is sealed with a key of the file's own, which the head holds wrapped. Rules: the file is
written anew beside the old one and takes its place whole, so that a crash leaves one of the two;
who has it open reads on; what a crash left beside it goes with it, or after a day.
"""

import os
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_delete

from kept._kit import clock
from kept.vault.errors import NO_KEY, NoKeyError
from kept.vault.files import stream
from kept.vault.files.storing import path_of, written_before
from kept.vault.keystore import SubjectKey
from kept.vault.models import SealedFile

_DRAFT = ".moving"
_LEFT_BEHIND = timedelta(days=1)


def key_of(id: UUID) -> bytes | None:
    """The id of the key that the file's own is wrapped by; None where the file is not there."""
    try:
        with path_of(id).open("rb") as file:
            return stream.key_id(file.read(stream.HEADER), str(id))
    except FileNotFoundError:
        return None


def move(id: UUID, keys: Mapping[bytes, SubjectKey], to: SubjectKey) -> bool:
    """Wrap the file's own key by `to`; `keys`: those it may be under now. False: nothing to do.

    Raises `NoKeyError` V001, `NotAuthenticError` V002.
    """
    path = path_of(id)
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return False
    with source:
        head = source.read(stream.HEADER)
        now = stream.key_id(head, str(id))
        if now == to.id:
            return False
        if now not in keys:
            raise NoKeyError(NO_KEY, "the key of this file is destroyed", place=str(id))
        again = stream.under(head, id, keys[now], to)
        draft = _draft(id)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as copy:
            copy.write(again)
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def sweep_drafts() -> int:
    """Remove what crashes left beside files that were not moved again; how many."""
    before = (clock.now() - _LEFT_BEHIND).timestamp()
    folder = path_of(UUID(int=0)).parent.parent
    old = [path for path in folder.glob(f"??/*{_DRAFT}") if written_before(path, before)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _draft(id: UUID) -> Path:
    path = path_of(id)
    return path.with_name(f"{path.name}{_DRAFT}")


def _remove(sender: object, instance: SealedFile, using: str, **_: object) -> None:
    draft = _draft(instance.pk)
    transaction.on_commit(lambda: draft.unlink(missing_ok=True), using=using)


post_delete.connect(_remove, sender=SealedFile, dispatch_uid="kept.vault.files.moving")
