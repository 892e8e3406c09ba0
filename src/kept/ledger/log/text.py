"""Base64 with one spelling per value (RFC 4648, section 4)."""

import base64
import binascii


def to_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of `text`. Raises `ValueError` for any spelling that `to_base64` does not write."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error
    if to_base64(data) != text:
        raise ValueError("another spelling of the same bytes")
    return data
