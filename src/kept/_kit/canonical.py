"""Canonical JSON: one value, one sequence of bytes, so that digests and signatures can be compared.

Rules (the part of RFC 8785 that we need): UTF-8, object keys sorted by code point, no white space,
no floats (they have no single spelling that people agree on), no NaN, no duplicate keys on reading.
"""

import json
from typing import Any

_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def dumps(value: Any) -> bytes:
    """`value` (dict, list, str, int, bool, None, nested) as canonical bytes.

    Raises `TypeError` for anything else, floats and non-string keys included.
    """
    _refuse_ambiguous(value)
    return _encoder.encode(value).encode("utf-8")


def loads(data: bytes) -> Any:
    """The value of canonical bytes. Raises `ValueError` where `data` is not canonical."""
    try:
        value = json.loads(data.decode("utf-8"))
        again = dumps(value)
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueError(f"not canonical JSON: {error}") from error
    if again != data:
        raise ValueError("not canonical JSON: another spelling of the same value")
    return value


def _refuse_ambiguous(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"canonical JSON needs string keys, not `{key!r}`")
            _refuse_ambiguous(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_ambiguous(inner)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"canonical JSON has no spelling for `{type(value).__name__}`")
