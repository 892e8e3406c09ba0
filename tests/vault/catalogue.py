"""Small things that the vault's tests share."""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

from asgiref.sync import sync_to_async

from kept import vault
from kept.gate import scope as inside


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
