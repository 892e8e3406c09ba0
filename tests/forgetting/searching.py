"""Looking for words in every byte of every file, as somebody with the disks would.

Searched by another process: opening and closing an SQLite file here would drop its locks.
"""

import base64
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.db import connection

from kept.conf import settings
from kept.vault.backups import programs

_SEARCH = ("grep", "-r", "-a", "-o", "-F", "-Z", "-f")
"""Every occurrence, in text or not, of the fixed words in a file, with the name of its file."""


def forms_of(word: str) -> set[str]:
    """How a word looks in a file: plain, hexadecimal, base64 at each of its three offsets."""
    plain = word.encode()
    found = {word, plain.hex(), plain.hex().upper()}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain).decode()
        cut = {0: 0, 1: 2, 2: 3}[offset]
        end = (len(plain) + offset) % 3
        found.add(whole[cut:] if end == 0 else whole[cut:-4])
    return {one for one in found if len(one) > 7}


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
    by_form = {form: name for name, word in canaries.items() for form in forms_of(word)}
    with tempfile.TemporaryDirectory() as folder:
        patterns = Path(folder) / "patterns"
        patterns.write_text("\n".join(sorted(by_form)) + "\n")
        packed = _unpacked(where, Path(folder) / "unpacked")
        listed = [*map(str, where), *packed]
        done = subprocess.run(
            [*_SEARCH, str(patterns), *listed],
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    # Files that a server removes while it is searched are no failure; anything else is.
    told = [one for one in done.stderr.decode().splitlines() if "No such file" not in one]
    assert not told, told
    found = set()
    for line in done.stdout.split(b"\n"):
        file, _, form = line.partition(b"\0")
        if form:
            found.add((by_form[form.decode()], packed.get(file.decode(), file.decode())))
    return sorted(found)


def _unpacked(where: Iterable[Path], into: Path) -> dict[str, str]:
    """What compressed copies of databases say, as text: that file, and which copy it was."""
    made: dict[str, str] = {}
    for root in where:
        for dump in root.rglob("*.dump"):
            into.mkdir(exist_ok=True)
            text = str(into / f"{len(made)}.sql")
            words = [programs.program("pg_restore"), "--file", text, str(dump)]
            subprocess.run(words, check=True)
            made[text] = str(dump)
    return made
