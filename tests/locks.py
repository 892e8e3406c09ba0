"""Notices a test that opened and closed an SQLite file by itself: that drops SQLite's locks on it.

POSIX locks belong to the process. Without them another process takes itself for the last one that
uses the file and removes its write-ahead log, and tests that come later lose what they wrote.
"""

import os
from pathlib import Path
from typing import Any


def are_there(connection: Any) -> bool:
    """Whether this process holds the lock that an open connection to a file has to hold."""
    if connection.vendor != "sqlite" or connection.connection is None:
        return True
    file = Path(str(connection.settings_dict["NAME"]))
    if not file.exists():
        return True
    inode, own = str(file.stat().st_ino), str(os.getpid())
    for line in Path("/proc/locks").read_text().splitlines():
        _, kind, _, _, process, place, *_ = line.replace("->", "").split()
        if kind == "POSIX" and process == own and place.rpartition(":")[2] == inode:
            return True
    return False
