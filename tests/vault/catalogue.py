"""Small things that the vault's tests share."""

import contextlib
import contextvars
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from kept import vault
from kept.conf import settings
from kept.gate import scope as inside
from tests import raw


def email() -> str:
    """An address that no other test has used: the key store remembers across tests."""
    return f"{secrets.token_hex(6)}@x.org"


def person() -> Any:
    """A new active subject."""
    return vault.make()


@contextlib.contextmanager
def no_scope() -> Iterator[None]:
    """As another thread would see it: no purpose scope is open."""
    token: contextvars.Token[Any] = inside._current.set(None)
    try:
        yield
    finally:
        inside._current.reset(token)


async def aprepare(rows: list[Any]) -> None:
    """Fetch keys and people for rows in async code."""
    await sync_to_async(vault.prepare)(rows)


def python(code: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Another process with the tests' settings, databases and key store."""
    whole = f"import django; django.setup()\n{code}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", whole, *arguments], env=environment, cwd=Path(__file__).parents[2]
    )


def flush_to_disk() -> None:
    """Let PostgreSQL write its pages, so that a search of its files sees them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")


def files_with(word: str) -> list[str]:
    """The files of data, keys and secrets that hold `word`, PostgreSQL's own included."""
    places = [settings().data.parent]
    if connection.vendor == "postgresql":
        places += [Path(os.environ[f"KEPT_TEST_PG_{role}"]) / "data" for role in ("DATA", "KEYS")]
    return raw.files_with(word, places)
