"""How often which clear-text column was read for what, and what the gate would have said.

One line of JSON per entry in `observed/<day>.jsonl` of the data root, 30 days of them. Rules: no
person, no row, no value: columns, purposes, reasons and places in the code; a count is written when
it doubles and when the process ends, so that a page costs no disk; what a killed process had not
written is lost, hence "at least".
"""

import atexit
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from kept._kit import clock
from kept.conf import settings

_DAYS = 30


class Read(NamedTuple):
    """One way of reading a column. Counted."""

    model: str
    column: str
    purpose: str
    """Empty outside a purpose scope."""
    answer: str
    """`allowed`, `denied` or `no purpose`."""
    why: str
    """What the gate says is missing; empty where it allows."""
    place: str
    """`shop.views:41`: the first line that is neither Django's nor ours."""


_lock = Lock()
_counts: Counter[Read] = Counter()
_written: Counter[Read] = Counter()


def add(read: Read, times: int = 1) -> None:
    """Count."""
    with _lock:
        _counts[read] += times
        if _counts[read] >= 2 * _written[read]:
            _write([read])


@atexit.register
def flush() -> None:
    """Write what is not written yet."""
    with _lock:
        _write([read for read in _counts if _counts[read] > _written[read]])


def observed() -> dict[Read, int]:
    """Every way of reading in the last 30 days, with how often at least, most often first."""
    flush()
    found: Counter[Read] = Counter()
    for file in _files():
        for line in file.read_text("utf-8").splitlines():
            *read, times = json.loads(line)
            found[Read(*read)] += times
    return dict(found.most_common())


def _write(reads: list[Read]) -> None:
    if not reads:
        return
    lines = "".join(f"{json.dumps([*one, _counts[one] - _written[one]])}\n" for one in reads)
    handle = os.open(_today(), os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        os.write(handle, lines.encode())  # one write: other processes append to the same file
    finally:
        os.close(handle)
    for one in reads:
        _written[one] = _counts[one]


def _folder() -> Path:
    return settings().data / "observed"


def _files() -> Iterator[Path]:
    yield from sorted(_folder().glob("*.jsonl"))


def _today() -> Path:
    folder, today = _folder(), clock.today()
    file = folder / f"{today.isoformat()}.jsonl"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in _files():
            if date.fromisoformat(old.stem) < today - timedelta(days=_DAYS):
                old.unlink(missing_ok=True)
    return file
