"""Where master keys come from: a small Protocol, files under `secret/`, the environment.

Rules: a master key is 32 random bytes with a version from 1; it never stands in the key store or
in the data; each provider says whether it can destroy a key, and how long that takes.
"""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from kept._kit.crypto import KEY_BYTES, new_key
from kept.vault.errors import CANNOT_MAKE, NO_MASTER, MisconfiguredError

_MODE = 0o600
_FILE = re.compile(r"(\d{4,})\.key")
_VARIABLE = re.compile(r"KEPT_MASTER_KEY_(\d+)")


class MasterKeys(Protocol):
    """A provider. `can_destroy` False: the operator removes old keys by hand."""

    can_destroy: bool
    destroys_within: timedelta
    """How long after `destroy` copies may still be with the provider."""
    made_by_us: bool
    """True where a key can only be there because a key store was started before."""

    def get(self, version: int) -> bytes:
        """The key. Raises `MisconfiguredError` V004."""

    def versions(self) -> tuple[int, ...]:
        """The versions that the provider has, ascending."""

    def make(self, version: int) -> None:
        """Make `version` where it is not there yet. Raises `MisconfiguredError` V017."""

    def destroy(self, version: int) -> None:
        """Remove it for good; nothing to do where it is gone. Raises `MisconfiguredError` V017."""


class FileMasterKeys:
    """`secret/master/0001.key`, base64, mode 0600."""

    can_destroy = True
    destroys_within = timedelta(0)
    made_by_us = True

    def __init__(self, secret: Path) -> None:
        self._folder = secret / "master"

    def get(self, version: int) -> bytes:
        """See `MasterKeys.get`."""
        path = self._path(version)
        try:
            text = path.read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise MisconfiguredError(
                NO_MASTER, f"version {version} cannot be read: {error}", place=str(path)
            ) from error
        return _key(text, version, str(path))

    def versions(self) -> tuple[int, ...]:
        """See `MasterKeys.versions`."""
        if not self._folder.is_dir():
            return ()
        found = (_FILE.fullmatch(path.name) for path in self._folder.iterdir())
        return tuple(sorted(int(match[1]) for match in found if match))

    def make(self, version: int) -> None:
        """See `MasterKeys.make`: whole or not at all, and on disk when this returns."""
        self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(version)
        draft = self._folder / f".{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(new_key()) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key is the key
        finally:
            draft.unlink()
        self._sync_folder()

    def destroy(self, version: int) -> None:
        """See `MasterKeys.destroy`: overwritten, then removed."""
        path = self._path(version)
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        self._sync_folder()

    def _path(self, version: int) -> Path:
        return self._folder / f"{version:04d}.key"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class EnvironmentMasterKeys:
    """`KEPT_MASTER_KEY_1`, `_2`, …, base64. The operator makes and removes them."""

    can_destroy = False
    destroys_within = timedelta(0)
    made_by_us = False

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def get(self, version: int) -> bytes:
        """See `MasterKeys.get`."""
        name = f"KEPT_MASTER_KEY_{version}"
        text = self._environment.get(name)
        if text is None:
            raise MisconfiguredError(NO_MASTER, f"`{name}` is not set", place="environment")
        return _key(text, version, name)

    def versions(self) -> tuple[int, ...]:
        """See `MasterKeys.versions`."""
        found = (_VARIABLE.fullmatch(name) for name in self._environment)
        return tuple(sorted(int(match[1]) for match in found if match))

    def make(self, version: int) -> None:
        """See `MasterKeys.make`: the operator has to set it."""
        if version not in self.versions():
            raise MisconfiguredError(
                CANNOT_MAKE,
                f"`KEPT_MASTER_KEY_{version}` is not set",
                place="environment",
                do="set it to 32 random bytes in base64, for every process",
            )

    def destroy(self, version: int) -> None:
        """See `MasterKeys.destroy`: the operator has to remove it."""
        if version in self.versions():
            raise MisconfiguredError(
                CANNOT_MAKE,
                f"`KEPT_MASTER_KEY_{version}` is still set",
                place="environment",
                do="remove it wherever it is kept, then run this again",
            )


def _key(text: str, version: int, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise MisconfiguredError(
            NO_MASTER, f"version {version} is not {KEY_BYTES} bytes in base64", place=place
        )
    return key
