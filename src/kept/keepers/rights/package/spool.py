"""What one walk over a table writes for the forms of the copy whose turn comes later.

Rules: the ZIP takes one file after another, a walk fills several: what has to wait stands in memory
up to a limit, and beyond it in a file without a name, sealed with a key that only this object has,
so that nothing stands in clear on a disk and size is nobody's memory.
"""

import tempfile
from collections.abc import Iterator
from typing import IO

from kept._kit import crypto
from kept.conf import settings

PART = 128 * 1024


class Spool:
    """Bytes written once and read once, in the same order."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._sizes: list[int] = []
        self._cipher: crypto.Cipher | None = None

    def write(self, piece: bytes) -> None:
        """Add a piece."""
        self._waiting.append(piece)
        self._size += len(piece)
        if self._size >= PART:
            self._put_away()

    def read(self) -> Iterator[bytes]:
        """All of it, part by part; nothing is left afterwards."""
        if self._file is not None and self._cipher is not None:
            self._file.seek(0)
            for number, size in enumerate(self._sizes):
                yield self._cipher.open_part(number, self._file.read(size), last=False)
        if self._waiting:
            yield b"".join(self._waiting)
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        self._waiting, self._size, self._sizes, self._cipher = [], 0, [], None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _put_away(self) -> None:
        if self._file is None or self._cipher is None:
            self._file = tempfile.TemporaryFile(dir=settings().data)  # noqa: SIM115 - `close` closes it
            self._cipher = crypto.Cipher(crypto.new_key())
        part = b"".join(self._waiting)
        sealed = self._cipher.seal_part(len(self._sizes), part, last=False)
        self._file.write(sealed)
        self._sizes.append(len(sealed))
        self._waiting, self._size = [], 0
