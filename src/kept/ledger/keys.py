"""The ledger's own secrets: files under `secret/ledger/`, made at first use.

Rules: a file of a key is made whole or not at all, mode 0600 in a folder of mode 0700; two
processes that make it at once end with one; in production a looser mode is refused.
"""

import os
import secrets
import stat
from functools import cache
from pathlib import Path

import msgspec

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.ledger.entries import Macs
from kept.ledger.errors import KEY_FILE, KEY_MODE

_BYTES = 32
_FOLDER = "ledger"


def only_for_testing_forget() -> None:
    """Forget the keys, so that the next use reads them anew."""
    _macs.cache_clear()
    _read.cache_clear()


def folder() -> Path:
    """Where the ledger's keys stand."""
    return settings().secret / _FOLDER


def macs() -> Macs:
    """The codes of entries, under 32 bytes of their own. Raises `KeptError` L005 or L006."""
    return _macs(settings().secret)


def signing_seed() -> bytes:
    """32 bytes, the Ed25519 private key that signs checkpoints. Raises `KeptError` L005 or L006."""
    return _read(folder() / "signing.key")


def refuse_loose() -> None:
    """Raise `KeptError` L006 where anyone but the owner may reach a key of the ledger."""
    if not folder().exists():
        return
    for path in (folder(), *folder().glob("*.key")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeptError(KEY_MODE, f"mode `{mode:o}`", place=str(path))


class Log(msgspec.Struct, frozen=True):
    """Which log of the site this is, and what became of the one before."""

    number: int = 1
    size: int = 0
    """Leaves of the lost log's newest tree that anyone remembers."""
    root: str = ""
    """That tree's root, hexadecimal."""
    aside: str = ""
    """Where what was left of its database stands."""

    @property
    def lost(self) -> str:
        """What was lost, in words for the operator; empty where this is the first log."""
        if self.number == 1:
            return ""
        left = f"; what is left of it: `{self.aside}`" if self.aside else ""
        return (
            f"this is log {self.number}: the database of the one before was lost,"
            f" at {self.size} leaves or later{left}"
        )


def log() -> Log:
    """The log that is written now: the first one, unless a database was lost (`renewing`)."""
    try:
        return msgspec.json.decode(_log_file().read_bytes(), type=Log)
    except FileNotFoundError:
        return Log()
    except msgspec.DecodeError as error:
        raise KeptError(KEY_FILE, "not a log's number", place=str(_log_file())) from error


def begin(next_: Log) -> None:
    """From here on another log is written; durable when it returns."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _log_file().with_name(f".log.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(next_))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_log_file())
    _sync(folder())


def origin() -> str:
    """The log's name in its checkpoints; a later log of the site has a name of its own."""
    number = log().number
    return settings().ledger_origin + (f"/{number}" if number > 1 else "")


def _log_file() -> Path:
    return folder() / "log.json"


@cache
def _macs(secret: Path) -> Macs:
    return Macs(_read(secret / _FOLDER / "mac.key"))


@cache
def _read(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    if settings().production:
        refuse_loose()
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise KeptError(KEY_FILE, "not hexadecimal", place=str(path)) from error
    if len(key) != _BYTES:
        raise KeptError(KEY_FILE, f"`{len(key)}` bytes, not {_BYTES}", place=str(path))
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
