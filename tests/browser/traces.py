"""Finds what people typed in raw bytes: files, databases, logs, in the spellings software uses."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests import raw

_AT_ONCE = 500


def traces(typed: Mapping[str, str], files: Iterable[Path]) -> list[str]:
    """Where any of `typed` (what it is -> text) stands: `file: what (spelling)`, best empty."""
    needles = [
        (what, spelling, needle)
        for what, text in typed.items()
        for spelling, needle in raw.spellings(text).items()
    ]
    return [
        f"{path}: {what} ({spelling})"
        for path in _suspects(list(files), [needle for _, _, needle in needles])
        for what, spelling, needle in _in_file(path, needles)
    ]


def _suspects(files: list[Path], needles: list[bytes]) -> list[Path]:
    """Those files in which `grep` finds any needle: one pass over gigabytes instead of 70."""
    if any(b"\n" in needle for needle in needles):
        return files  # grep reads by lines
    found: list[Path] = []
    for start in range(0, len(files), _AT_ONCE):
        some = files[start : start + _AT_ONCE]
        told = raw.grep(needles, some, "--files-with-matches", "--null")
        found += [Path(os.fsdecode(one)) for one in told.split(b"\0") if one]
    return found


def _in_file(path: Path, needles: list[tuple[str, str, bytes]]) -> Iterator[tuple[str, str, bytes]]:
    read = subprocess.run(["cat", "--", str(path)], capture_output=True, check=False)
    assert not read.returncode or not path.exists(), read.stderr.decode()
    yield from (needle for needle in needles if needle[2] in read.stdout)
