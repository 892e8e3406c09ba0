"""Looking for canaries in every byte of every file, compressed copies of databases included."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.db import connection

from kept.conf import settings
from kept.vault.backups import programs
from tests import raw

_SHORTEST = 7
"""Bytes: what is not longer stands somewhere by chance."""


def places(*more: Path) -> list[Path]:
    """Data, keys and secrets, PostgreSQL's own files with their logs, and `more`."""
    found = [settings().data.parent, *more]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        found += [Path(os.environ[f"KEPT_TEST_PG_{role}"]) / "data" for role in ("DATA", "KEYS")]
    return found


def hits(canaries: Mapping[str, str], where: Iterable[Path]) -> list[tuple[str, str]]:
    """Which canary stands in which file, by name."""
    named = {
        spelling: name
        for name, word in canaries.items()
        for spelling in raw.spellings(word).values()
        if len(spelling) > _SHORTEST
    }
    with tempfile.TemporaryDirectory() as folder:
        packed = _unpacked(where, Path(folder) / "unpacked")
        listed = [*where, *map(Path, packed)]
        told = raw.grep(named, listed, "--recursive", "--only-matching", "--null")
    found = set()
    for line in told.split(b"\n"):
        file, _, spelling = line.partition(b"\0")
        if spelling:
            found.add((named[spelling], packed.get(file.decode(), file.decode())))
    return sorted(found)


def _unpacked(where: Iterable[Path], into: Path) -> dict[str, str]:
    """What compressed copies of databases say, as text: that file, and which copy it was."""
    made: dict[str, str] = {}
    for dump in (file for file in raw.files_under(*where) if file.suffix == ".dump"):
        into.mkdir(exist_ok=True)
        text = str(into / f"{len(made)}.sql")
        words = [programs.program("pg_restore"), "--file", text, str(dump)]
        subprocess.run(words, check=True)
        made[text] = str(dump)
    return made
