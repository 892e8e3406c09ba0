"""The local mailbox: what would leave stays here, each mail a sealed file.

For development and demonstration, by `KEPT["MAILBOX"]`. Rules: no mail is ever on disk in clear,
not even for a moment; a mail about a person is sealed with their key, so that erasing them closes
it, and lies in a folder by their random id, so that it is removed without any key; reading is for
staff, asked of the gate for the mail's own purpose, and recorded first.
"""

import email
import email.policy
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kept import gate, ledger, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept._kit.ids import new_id
from kept.conf import settings
from kept.keepers.sharing import deciding
from kept.keepers.sharing.deciding import Origin
from kept.vault.models import State, Subject

_LABEL = "mailbox"
_ENDING = ".sealed"
_NOBODYS = "site"
_NO_KEY, _ERASED = "V001", "V009"


class _Kept(msgspec.Struct, array_like=True):
    """What a file holds, once opened."""

    at: datetime
    raw: bytes
    origin: tuple[UUID, str, str, int, tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as its recipient would see it."""

    id: UUID
    at: datetime
    sender: str
    to: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A mail that is there and is not shown; `says` why."""

    id: UUID
    says: str


class SealedMailbox(BaseEmailBackend):
    """Django's mail backend that puts every message into the local mailbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Seal and keep each; how many."""
        for message in email_messages:
            _keep(message)
        return len(email_messages)


def ids() -> list[UUID]:
    """The mails in the mailbox, the newest first."""
    files = [
        (written, id)
        for folder in _listed(_folder())
        for path in _listed(folder)
        if path.suffix == _ENDING
        and (id := _id(path)) is not None
        and (written := _written(path)) is not None
    ]
    return [id for _written_at, id in sorted(files, reverse=True)]


def read(wanted: Iterable[UUID], actor: gate.Actor) -> list[Shown | Closed]:
    """The mails of these ids, as far as the gate shows them to `actor`; recorded beforehand.

    Somebody who is erased meanwhile closes their own mails, never the others.
    """
    listed = list(wanted)
    tries = len(listed)  # each further one has lost a person at least
    while True:
        opened = [(id, _open(id)) for id in listed]
        denials = {
            id: deciding.denial(Origin(*kept.origin)) for id, kept in opened if kept and kept.origin
        }
        try:
            ledger.record_now_many(
                (_event(Origin(*kept.origin), actor), kept.origin[0])
                for id, kept in opened
                if kept and kept.origin and denials[id] is None
            )
        except KeptError as error:
            if error.code.id != _ERASED or not tries:
                raise
            tries -= 1
        else:
            return [_shown(id, kept, denials.get(id)) for id, kept in opened]


def count(subject: UUID) -> int:
    """How many mails there are about `subject`."""
    return len(_listed(_folder_of(subject)))


def purge(subject: UUID) -> None:
    """Remove every mail about `subject`."""
    folder = _folder_of(subject)
    if folder.is_dir():
        shutil.rmtree(folder)


def sweep() -> int:
    """Remove mails that came in while their person was being erased; how many."""
    folders = {one.name: one for one in _folder().glob("*") if one.name != _NOBODYS}
    ids = [UUID(hex=name) for name in folders if _is_hex(name)]
    erased = Subject.objects.filter(pk__in=ids, state=State.ERASED).values_list("pk", flat=True)
    done = 0
    for id in erased:
        done += count(id)
        purge(id)
    return done


def _is_hex(name: str) -> bool:
    try:
        return UUID(hex=name).hex == name
    except ValueError:
        return False


def _listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing where it went meanwhile, or is none."""
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _written(path: Path) -> int | None:
    """When, in nanoseconds; None where it went meanwhile, with its person."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _keep(message: EmailMessage) -> None:
    origin: Origin | None = getattr(message, "origin", None)
    told = None if origin is None else (
        origin.subject, origin.purpose, origin.point, origin.collected, origin.categories
    )  # fmt: skip
    kept = _Kept(clock.now(), message.message().as_bytes(), told)
    subject = None if origin is None else origin.subject
    sealed = vault.seal_bytes(_LABEL, msgspec.msgpack.encode(kept), subject)
    folder = _folder_of(subject)
    for one in (folder.parent, folder):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{new_id()}{_ENDING}"
    part = path.with_suffix(".part")
    private = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _open(id: UUID) -> _Kept | None:
    """None where there is no such file, or its key is destroyed."""
    path = next(_folder().glob(f"*/{id}{_ENDING}"), None)
    if path is None:
        return None
    try:
        return msgspec.msgpack.decode(vault.open_bytes(_LABEL, path.read_bytes()), type=_Kept)
    except FileNotFoundError:
        return None
    except KeptError as error:
        if error.code.id != _NO_KEY:
            raise
        return None


def _shown(id: UUID, kept: _Kept | None, denial: gate.Decision | None) -> Shown | Closed:
    if kept is None:
        return Closed(id, "Its key is destroyed: the person was erased.")
    if denial is not None:
        return Closed(id, f"Withheld: {'; '.join(denial.missing)}.")
    message = email.message_from_bytes(kept.raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    return Shown(
        id, kept.at, str(message["From"]), str(message["To"]), str(message["Subject"]),
        "" if body is None else body.get_content(),
    )  # fmt: skip


def _event(origin: Origin, actor: gate.Actor) -> Any:
    return ledger.Opened(
        purpose=origin.purpose, actor=actor.kind, by=actor.id or None, categories=origin.categories
    )


def _folder() -> Path:
    return settings().data / "mailbox"


def _folder_of(subject: UUID | None) -> Path:
    return _folder() / (_NOBODYS if subject is None else subject.hex)


def _id(path: Path) -> UUID | None:
    try:
        return UUID(path.stem)
    except ValueError:
        return None
