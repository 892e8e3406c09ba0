"""A ZIP file made piece by piece, so that its size is nobody's memory.

Rules: entries are written in the order given, each from a stream; their dates are a day, not a
moment; names are relative, plain ASCII, and never lead out of the folder they are unpacked in.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Entry = tuple[str, Iterable[bytes]]
_AT_ONCE = 64 * 1024
_FAST = 1
"""Of zlib's levels: a third larger than the usual one, in a third of the time."""
_SMALL, _WINDOW, _TABLES = 4 * 1024, -12, 5
"""Up to so many bytes a compressor with a window of 4 KB does the same, and is made in a sixth of
the time: a copy may have thousands of receipts."""
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 80


def stream(entries: Iterable[Entry], day: date) -> Iterator[bytes]:
    """The ZIP of `entries` (name, pieces), in pieces. Bounded memory, whatever the sizes."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # no tell()
        for name, pieces in entries:
            info = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info._compresslevel = _FAST  # type: ignore[attr-defined] # what `open(name)` sets, too
            with archive.open(info, "w", force_zip64=True) as entry:
                for number, some in enumerate(_together(pieces)):
                    if not number and len(some) <= _SMALL:  # all there is: more would be joined
                        _compress_in_little(entry)
                    entry.write(some)
                    if sink.size >= _AT_ONCE:
                        yield sink.take()
    yield sink.take()


def _together(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces: to compress many short ones costs more than the bytes do."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _AT_ONCE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _compress_in_little(entry: Any) -> None:
    entry._compressor = zlib.compressobj(_FAST, zlib.DEFLATED, _WINDOW, _TABLES)


def plain_name(name: str) -> str:
    """`name` as part of a file name: no folders, no surprises."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _ODD.sub("-", folded).strip("-.")[-LONGEST_NAME:] or "file"


class _Sink:
    """What a ZipFile writes to where nothing can be sought."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        whole, self._parts, self.size = b"".join(self._parts), [], 0
        return whole
