"""What a value of SQLite is in PostgreSQL, by the kind of its column, and the digest of a table.

Rules: sealed bytes stay the same bytes; a kind that is not known is refused, not guessed. A table's
digest does not depend on the order of its rows: the sum of its rows' BLAKE2b-256, modulo 2**256.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

from kept._kit.errors import KeptError
from kept.vault.rehousing.errors import UNREADY

Read = Callable[[Any], Any]
_FLOAT = Context(prec=15)
"""As many digits as SQLite keeps of a decimal number."""
_SIZE = 1 << 256
_JSON, _MOMENT = "jsonb", "timestamp with time zone"


def same(value: Any) -> Any:
    """The value itself."""
    return value


_KINDS: dict[str, Read] = {
    "bigint": int,
    "integer": int,
    "smallint": int,
    "boolean": bool,
    "bytea": bytes,
    "character varying": str,
    "character": str,
    "text": str,
    "inet": str,
    _JSON: str,
    "uuid": lambda value: UUID(hex=value),
    "date": date.fromisoformat,
    "time without time zone": time.fromisoformat,
    "double precision": float,
    "real": float,
    "interval": lambda value: timedelta(microseconds=value),
}


def reader(kind: str, scale: int | None, zone: tzinfo) -> Read:
    """What turns a value of SQLite into one of a column of `kind`.

    `scale`: digits after the point of a `numeric` column. `zone`: of moments without one.
    Raises `KeptError` V053 for a kind that Django makes no column of.
    """
    if kind == "numeric" and scale is not None:
        step = Decimal(1).scaleb(-scale)
        return lambda value: _decimal(value).quantize(step)
    if kind == _MOMENT:
        return lambda value: _moment(datetime.fromisoformat(value), zone)
    if kind not in _KINDS:
        raise KeptError(UNREADY, f"columns of the kind `{kind}` cannot be moved")
    return _KINDS[kind]


def _decimal(value: Any) -> Decimal:
    return _FLOAT.create_decimal_from_float(value) if isinstance(value, float) else Decimal(value)


def _moment(value: datetime, zone: tzinfo) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


class Digest:
    """Of a table's rows, in whatever order they are added."""

    def __init__(self, kinds: Sequence[str], zone: tzinfo) -> None:
        self._kinds, self._zone = tuple(kinds), zone
        self._sum = self.rows = 0

    def add(self, row: Sequence[Any]) -> None:
        """One more row, its values in the order of the kinds."""
        pairs = zip(row, self._kinds, strict=True)
        said = repr([_said(value, kind, self._zone) for value, kind in pairs])
        found = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=32).digest()
        self._sum = (self._sum + int.from_bytes(found)) % _SIZE
        self.rows += 1

    def said(self) -> str:
        """Of what was added so far, hex, 64 characters."""
        return f"{self._sum:064x}"


def _said(value: Any, kind: str, zone: tzinfo) -> Any:
    """One way to say it, whichever engine gave it."""
    if value is None:
        return None
    if kind == _JSON:
        loaded = json.loads(value, parse_int=Decimal, parse_float=Decimal)
        return json.dumps(loaded, sort_keys=True, default=lambda one: str(one.normalize()))
    return _moment(value, zone) if kind == _MOMENT else value
