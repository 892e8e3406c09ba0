"""Random identifiers. None carries a time or a counter, so an id betrays nothing about order."""

import secrets
import uuid

_make, _set, _UNKNOWN = object.__new__, object.__setattr__, uuid.SafeUUID.unknown


def new_id() -> uuid.UUID:
    """A random UUID (RFC 9562, version 4): no time inside, unlike versions 1, 6 and 7."""
    return uuid.uuid4()


def uuid_of(text: str) -> uuid.UUID:
    """The UUID that `text` (its 32 digits, with or without hyphens) says.

    As `uuid.UUID(text)`, without asking which of its six forms was meant: a database says it
    thousands of times. What is set is what `UUID.__setstate__` sets.
    """
    made: uuid.UUID = _make(uuid.UUID)
    _set(made, "int", int(text.replace("-", ""), 16))
    _set(made, "is_safe", _UNKNOWN)
    return made


def token(length: int = 32) -> str:
    """A URL-safe secret of `length` random bytes."""
    return secrets.token_urlsafe(length)
