"""Finds words in the raw bytes of files, as somebody with the disks would.

Read by other processes: opening and closing an SQLite file here would drop its locks.
Files that a server removes while it is searched are no failure; one that cannot be read is, and so
is a place to search that is not there.
"""

import base64
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote


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


def files_under(*roots: Path, since: float = 0) -> list[Path]:
    """Every regular file under `roots` (a root may itself be a file), hidden ones too.

    `since`: only those written at that time or later, in seconds since 1970.
    """
    found = []
    for root in roots:
        assert root.exists(), root
        inside = [root] if root.is_file() else _inside(root)
        found += [path for path in inside if _is_file(path, since)]
    return found


def files_with(word: str, places: Iterable[Path], *options: str) -> list[str]:
    """The files at or under `places` that hold `word`; `options` are grep's own."""
    searched = list(places)
    assert all(place.exists() for place in searched), searched
    found = grep([word.encode()], searched, "--recursive", "--files-with-matches", *options)
    return found.decode().splitlines()


def grep(needles: Iterable[bytes], places: Iterable[Path], *options: str) -> bytes:
    """What `grep` says about any of `needles` (none with a line end) in `places`."""
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(needles))
        patterns.flush()
        done = subprocess.run(
            ["grep", "--text", "--fixed-strings", f"--file={patterns.name}", *options, "--"]
            + [str(place) for place in places],
            capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    told = done.stderr.decode().splitlines()
    unread = [one for one in told if not one.endswith("No such file or directory")]
    assert not unread, unread
    assert told or done.returncode in (0, 1), done.returncode
    return done.stdout


def _inside(root: Path) -> list[Path]:
    found = []
    for folder, _, names in os.walk(root, onerror=_unless_gone):
        found += [Path(folder, name) for name in names]
    return sorted(found)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_file(path: Path, since: float) -> bool:
    try:
        told = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(told.st_mode) and told.st_mtime >= since
