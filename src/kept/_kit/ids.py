"""Random identifiers. None carries a time or a counter, so an id betrays nothing about order."""

import secrets
import uuid


def new_id() -> uuid.UUID:
    """A random UUID (RFC 9562, version 4): no time inside, unlike versions 1, 6 and 7."""
    return uuid.uuid4()


def token(length: int = 32) -> str:
    """A URL-safe secret of `length` random bytes."""
    return secrets.token_urlsafe(length)
