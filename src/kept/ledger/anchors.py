"""Anchors: places outside the ledger that keep its checkpoints, so that a roll-back is noticed.

Without one, whoever can put the whole machine back to an older state leaves no trace; with one,
the older tree meets a newer checkpoint. Rules: an anchor never replaces a newer checkpoint with an
older one; one that fails stops nothing and is told of; the witness under `secret/` is always there
and sees a roll-back of `data/` alone, not one of the whole machine.
"""

import logging
import os
import secrets
from pathlib import Path
from typing import Protocol

from django.core.mail import EmailMessage

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.conf import outbound, settings
from kept.ledger import keys
from kept.ledger.errors import ANCHOR, TREE_BACK
from kept.ledger.log import checkpoint, leaf, note
from kept.ledger.log.errors import LogError
from kept.ledger.store import Store, batches, store

_log = logging.getLogger(__name__)


class Anchor(Protocol):
    """Keeps checkpoints where an attacker on this machine cannot take them back."""

    name: str
    daily: bool
    """True: at most one checkpoint a day."""
    outside: bool
    """True: it stands off this machine, as far as we can tell."""

    def publish(self, text: str) -> None:
        """Keep a signed checkpoint. Raises `OSError` or `KeptError` when it cannot."""
        ...

    def latest(self) -> str | None:
        """The newest checkpoint kept; None where there is none or it cannot be asked."""
        ...


class FileAnchor:
    """A folder, by custom on another host: `checkpoint`, and one file for each day."""

    daily = False

    def __init__(self, folder: Path, name: str, *, outside: bool = True) -> None:
        self.folder, self.name, self.outside = folder, name, outside

    def publish(self, text: str) -> None:
        """Keep a checkpoint. Raises `KeptError` L025 where a newer one is there already."""
        held = self.latest()
        if held is not None and _size(held) > _size(text):
            raise KeptError(TREE_BACK, f"`{self.name}` holds `{_size(held)}` leaves already")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = 0o644 if self.outside else 0o600  # what stands under `secret/` is its owner's alone
        _replace(self.folder / f"{clock.today().isoformat()}.checkpoint", text, mode)
        _replace(self.folder / "checkpoint", text, mode)

    def latest(self) -> str | None:
        """The newest checkpoint."""
        path = self.folder / "checkpoint"
        return path.read_text(encoding="utf-8") if path.exists() else None


class MailAnchor:
    """An auditor's mailbox: one checkpoint a day, through Django's mail backend."""

    daily = True
    outside = True

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address, name

    def publish(self, text: str) -> None:
        """Send the checkpoint."""
        origin = keys.origin()
        mail = EmailMessage(
            f"Checkpoint of {origin}: {_size(text)} leaves", text, to=[self.address]
        )
        with outbound.sending():  # a checkpoint tells nothing about anybody
            mail.send()

    def latest(self) -> None:
        """A mailbox cannot be asked."""


def configured() -> list[Anchor]:
    """The witness and the anchors that the settings name. Raises `KeptError` L010."""
    found: list[Anchor] = [FileAnchor(_of_log(keys.folder() / "witness"), "witness", outside=False)]
    for text in settings().anchors:
        kind, _, where = text.partition(":")
        if kind == "file" and where.startswith("/"):
            found.append(FileAnchor(_of_log(Path(where)), text))
        elif kind == "mailto" and "@" in where:
            found.append(MailAnchor(where, text))
        else:
            raise KeptError(ANCHOR, f"`{text}`", place="settings.KEPT")
    return found


def _of_log(folder: Path) -> Path:
    """A later log of the site has a folder of its own within; the lost one's checkpoints stay."""
    number = keys.log().number
    return folder / f"log-{number}" if number > 1 else folder


def publish() -> list[str]:
    """Give the newest checkpoint to every anchor that is due; what failed, in words."""
    ledger = store()
    last = batches.latest(ledger)
    if last is None:
        return []
    failed = []
    for anchor in configured():
        if not _due(ledger, anchor, last):
            continue
        try:
            anchor.publish(last.note)
        except (OSError, KeptError) as error:
            failed.append(f"{anchor.name}: {error}")
            _log.warning("anchor %s: %s", anchor.name, error)
        else:
            _note(ledger, anchor, last.size)
    return failed


def published(ledger: Store) -> dict[str, tuple[int, int]]:
    """For each anchor that ever kept a checkpoint: its size and its day (since 1970-01-01)."""
    rows = ledger.rows("SELECT name, size, day FROM anchored")
    return {name: (size, day) for name, size, day in rows}


def _due(ledger: Store, anchor: Anchor, last: batches.Batch) -> bool:
    size, day = published(ledger).get(anchor.name, (0, -1))
    if anchor.daily and day == leaf.days(clock.today()):
        return False
    return size != last.size


def _note(ledger: Store, anchor: Anchor, size: int) -> None:
    ledger.run(
        "INSERT INTO anchored (name, size, day) VALUES (%s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET size = excluded.size, day = excluded.day",
        (anchor.name, size, leaf.days(clock.today())),
    )


def _size(text: str) -> int:
    try:
        return checkpoint.parse(note.parse(text.encode()).text).size
    except LogError as error:
        raise KeptError(ANCHOR, f"holds something else than a checkpoint: {error}") from error


def _replace(path: Path, text: str, mode: int) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("w", encoding="utf-8") as file:
        draft.chmod(mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
