"""The `KEPT` setting, read and checked once.

Rules: unknown words are errors, not ignored; a path is absolute or relative to nothing (so never);
the three roots default to siblings in development only (the vault refuses them in production).
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed

from kept._kit.errors import KeptError, code

MISSING = code("K001", "The KEPT setting is missing or incomplete", do="add KEPT to the settings")
UNKNOWN = code("K002", "The KEPT setting has an unknown word", do="remove or correct the word")
WRONG = code("K003", "A value in the KEPT setting is of the wrong kind", do="correct the value")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a host says about its Kept."""

    policy: Path
    """The policy file that runs the site."""
    data: Path
    """Root of what backups may contain: ledger tree, sealed files, mailbox."""
    keys: str
    """The key store: a folder, or a `postgresql://` address of another cluster than the data's."""
    secret: Path
    """Root of the master keys and the ledger's signing key."""
    production: bool
    """True: shared parents, loose permissions and keys beside the data are start-up errors."""
    mailbox: bool
    """True: outgoing mail goes to sealed files that the local mailbox page shows."""
    master_key: str
    """Provider of master keys: `file` (under `secret`) or `environment`."""
    trusted_proxies: tuple[str, ...]
    """Addresses of proxies whose forwarding headers are believed."""
    services: tuple[str, ...]
    """Hosts of the site's own services besides its databases and its mail server."""
    ledger: str
    """The ledger's own database: a folder, or a `postgresql://` address (schema `kept_ledger`)."""
    ledger_origin: str
    """Name of the log in its checkpoints, by custom an address without scheme (C2SP)."""
    anchors: tuple[str, ...]
    """Where checkpoints go besides the ledger: `file:/path` or `mailto:address`."""
    backups: Path
    """Where backups of the data go: they hold neither keys nor identifiers."""
    key_backups: Path
    """Where backups of the key store go: apart from the data, its backups and `secret`."""
    journal: Path | None
    """Where the survival journal is written to as well, off this host; a restore reads it there."""
    recipients: Mapping[str, Mapping[str, str]]
    """How each recipient of the policy is reached: `webhook` (with `ca`, a file), `mail`."""
    mail_in: Mapping[str, Any]
    """Inbound mail: `listen`, `addresses`, `authserv`, `peers`, `size`; empty: none."""


_DEFAULTS: Mapping[str, Any] = {
    "KEYS": None,
    "SECRET": None,
    "PRODUCTION": None,
    "MAILBOX": False,
    "MASTER_KEY": "file",
    "TRUSTED_PROXIES": (),
    "SERVICES": (),
    "LEDGER": None,
    "LEDGER_ORIGIN": "localhost/kept-ledger",
    "ANCHORS": (),
    "BACKUPS": None,
    "KEY_BACKUPS": None,
    "JOURNAL": None,
    "RECIPIENTS": {},
    "MAIL_IN": {},
}


@cache
def settings() -> Settings:
    """The host's settings. Raises `KeptError` K001, K002 or K003."""
    given: Mapping[str, Any] | None = getattr(django_settings, "KEPT", None)
    if not isinstance(given, Mapping):
        raise KeptError(MISSING, "`KEPT` is not set", do='add KEPT = {"POLICY": …, "DATA": …}')
    for word in given:
        if word not in _DEFAULTS and word not in ("POLICY", "DATA"):
            raise KeptError(UNKNOWN, f"unknown word `{word}`", place="settings.KEPT")
    for word in ("POLICY", "DATA"):
        if word not in given:
            raise KeptError(MISSING, f"`{word}` is missing", place="settings.KEPT")
    full = {**_DEFAULTS, **given}
    data = _path("DATA", full["DATA"])
    production = full["PRODUCTION"]
    return Settings(
        policy=_path("POLICY", full["POLICY"]),
        data=data,
        keys=_store("KEYS", full["KEYS"], data.parent / "keys"),
        secret=_path("SECRET", full["SECRET"] or data.parent / "secret"),
        production=not _debug() if production is None else bool(production),
        mailbox=bool(full["MAILBOX"]),
        master_key=str(full["MASTER_KEY"]),
        trusted_proxies=tuple(full["TRUSTED_PROXIES"]),
        services=tuple(full["SERVICES"]),
        ledger=_store("LEDGER", full["LEDGER"], data / "ledger"),
        ledger_origin=str(full["LEDGER_ORIGIN"]),
        anchors=tuple(full["ANCHORS"]),
        backups=_path("BACKUPS", full["BACKUPS"] or data.parent / "backups"),
        key_backups=_path("KEY_BACKUPS", full["KEY_BACKUPS"] or data.parent / "key-backups"),
        journal=_path("JOURNAL", full["JOURNAL"]) if full["JOURNAL"] else None,
        recipients=_ways(full["RECIPIENTS"]),
        mail_in=_words("MAIL_IN", full["MAIL_IN"], _MAIL_IN),
    )


_WAY = frozenset({"webhook", "mail", "ca"})
_MAIL_IN = frozenset({"listen", "addresses", "authserv", "peers", "size"})


def _ways(given: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(given, Mapping):
        raise KeptError(WRONG, "`RECIPIENTS` is not a mapping", place="settings.KEPT")
    return {str(name): _words(f"RECIPIENTS.{name}", way, _WAY) for name, way in given.items()}


def _words(word: str, given: Any, known: frozenset[str]) -> Mapping[str, Any]:
    """A mapping with known words only; `None` is an empty one."""
    if not isinstance(given or {}, Mapping):
        raise KeptError(WRONG, f"`{word}` is not a mapping", place="settings.KEPT")
    for one in given or {}:
        if one not in known:
            raise KeptError(UNKNOWN, f"unknown word `{word}.{one}`", place="settings.KEPT")
    return dict(given or {})


def _debug() -> bool:
    """`DEBUG` as the settings say it: Django's test runner turns it off after they were read."""
    tests = sys.modules.get("django.test.utils")
    before = getattr(getattr(tests, "_TestState", None), "saved_data", None)
    return bool(django_settings.DEBUG if before is None else before.debug)


def _store(word: str, value: Any, default: Path) -> str:
    if isinstance(value, str) and value.startswith(("postgresql://", "postgres://")):
        return value
    return str(_path(word, value or default))


def _path(word: str, value: Any) -> Path:
    if not isinstance(value, str | Path):
        raise KeptError(WRONG, f"`{word}` is not a path", place="settings.KEPT")
    path = Path(value)
    if not path.is_absolute():
        raise KeptError(
            WRONG,
            f"`{word}` is the relative path `{path}`",
            place="settings.KEPT",
            do="write BASE_DIR / … so that it does not depend on where the process starts",
        )
    return path


def _forget(*, setting: str, **_: Any) -> None:
    if setting in ("KEPT", "DEBUG"):
        settings.cache_clear()


setting_changed.connect(_forget)
