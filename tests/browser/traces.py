"""Finds what people typed in raw bytes: files, databases, logs, in the spellings software uses.

Read by other processes: opening and closing an SQLite file here would drop its locks.
"""

import base64
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

_GREP = ["grep", "--text", "--files-with-matches", "--null", "--fixed-strings", "--file"]
_AT_ONCE = 500


def spellings(text: str) -> dict[str, bytes]:
    """`text` as it may stand in a file: name of the spelling -> bytes."""
    plain = text.encode()
    found = {
        "utf-8": plain,
        "lower case": text.lower().encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "percent": quote(text, safe="").encode(),
        "reversed": plain[::-1],
    }
    for shift in range(3):  # base64 depends on where in a group of three bytes the text begins
        whole = base64.b64encode(b"\0" * shift + plain)
        inner = whole[(shift * 4 + 2) // 3 : len(plain + b"\0" * shift) // 3 * 4]
        found[f"base64 at {shift}"] = inner
        found[f"base64url at {shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return found


def traces(typed: Mapping[str, str], files: Iterable[Path]) -> list[str]:
    """Where any of `typed` (what it is -> text) stands: `file: what (spelling)`, best empty."""
    needles = [
        (what, spelling, needle)
        for what, text in typed.items()
        for spelling, needle in spellings(text).items()
    ]
    return [
        f"{path}: {what} ({spelling})"
        for path in _suspects(list(files), [needle for _, _, needle in needles])
        for what, spelling, needle in _in_file(path, needles)
    ]


def files_under(*roots: Path) -> list[Path]:
    """Every regular file under `roots` (a root may itself be a file), hidden ones too."""
    found = []
    for root in roots:
        inside = [root] if root.is_file() else sorted(root.rglob("*"))
        found += [path for path in inside if path.is_file() and not path.is_symlink()]
    return found


def _suspects(files: list[Path], needles: list[bytes]) -> list[Path]:
    """Those files in which `grep` finds any needle: one pass over gigabytes instead of 70."""
    if any(b"\n" in needle for needle in needles):
        return files  # grep reads by lines
    found: list[Path] = []
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(needles))
        patterns.flush()
        for start in range(0, len(files), _AT_ONCE):
            some = files[start : start + _AT_ONCE]
            done = subprocess.run(
                [*_GREP, patterns.name, "--", *map(str, some)],
                capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False,
            )  # fmt: skip
            if done.returncode not in (0, 1):  # some file went away meanwhile
                found += some
            else:
                found += [Path(os.fsdecode(one)) for one in done.stdout.split(b"\0") if one]
    return found


def _in_file(path: Path, needles: list[tuple[str, str, bytes]]) -> Iterator[tuple[str, str, bytes]]:
    read = subprocess.run(["cat", "--", str(path)], capture_output=True, check=False)
    assert not read.returncode or not path.exists(), read.stderr.decode()
    yield from (needle for needle in needles if needle[2] in read.stdout)
