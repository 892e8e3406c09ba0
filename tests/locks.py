"""Notices a test that opened and closed an SQLite file by itself: that drops SQLite's locks on it.

POSIX locks belong to the process. Without them another process takes itself for the last one that
uses the file and removes its write-ahead log, and tests that come later lose what they wrote.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

_OPEN = Path("/proc/self/fd")


def are_there(connection: Any) -> bool:
    """Whether this process holds the lock that an open connection to a file has to hold."""
    if connection.vendor != "sqlite" or connection.connection is None:
        return True
    # A new connection takes it as it first reads; one that was dropped SQLite believes to have.
    try:
        connection.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:  # closed, of another thread, or put away by the test
        return True
    file = os.path.realpath(str(connection.settings_dict["NAME"]))
    opened = [one.name for one in _OPEN.iterdir() if _leads_to(one, file)]
    return not opened or any(_has_lock(name) for name in opened)


def _leads_to(descriptor: Path, file: str) -> bool:
    try:
        return str(descriptor.readlink()) == file
    except OSError:  # closed meanwhile
        return False


def _has_lock(descriptor: str) -> bool:
    """As the kernel tells of one descriptor: its list of all locks may miss some."""
    try:
        return "\nlock:" in Path(f"/proc/self/fdinfo/{descriptor}").read_text()
    except OSError:
        return False
