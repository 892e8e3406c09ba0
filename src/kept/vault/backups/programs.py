"""PostgreSQL's own client programs: pg_dump, pg_restore, psql.

Rules: of several versions the newest, which reads older servers; a password goes by the
environment, never on a command line; what a program says on failure is repeated, no address.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from kept._kit.errors import KeptError
from kept.vault.backups.errors import FAILED, NO_PROGRAM

_INSTALLED = Path("/usr/lib/postgresql")
Address = Mapping[str, str]
"""libpq's words: host, port, user, password, dbname, …"""


def program(name: str) -> str:
    """Where `name` is. Raises `KeptError` V032."""
    versions = sorted(
        (found for found in _INSTALLED.glob(f"*/bin/{name}") if found.parts[-3].isdigit()),
        key=lambda found: int(found.parts[-3]),
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise KeptError(NO_PROGRAM, f"no `{name}` on PATH or under `{_INSTALLED}`")
    return found


def address_of(text: str) -> Address:
    """The words of a `postgresql://` address."""
    from psycopg.conninfo import conninfo_to_dict

    return {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}


def run(name: str, address: Address | None, words: Sequence[str]) -> str:
    """Run a program against `address`; what it printed. Raises `KeptError` V031 or V032."""
    whole, environment = [program(name)], dict(os.environ)
    if address is not None:
        from psycopg.conninfo import make_conninfo

        open_words = {key: value for key, value in address.items() if key != "password"}
        whole += ["--no-password", "--dbname", make_conninfo("", **open_words)]
        if "password" in address:
            environment["PGPASSWORD"] = address["password"]
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [*whole, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise KeptError(FAILED, f"`{name}` says: {done.stderr.strip()[-500:]}")
    return done.stdout
