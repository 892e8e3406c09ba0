"""`kept move`: move the site's rows from its SQLite file into an empty PostgreSQL database.

Rules: the site must not be running; nothing is opened, the SQLite file stays as it is; the address
may hold a password and is never shown.
"""

import json
import os
import shlex
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kept._kit import progress
from kept.cli import _project

if TYPE_CHECKING:
    from pathlib import Path

    from kept.vault.rehousing import Moved

_SETTING = "DATABASE_URL"


@click.command()
@click.argument("address", metavar="postgresql://…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(address: str, as_json: bool) -> None:
    """Move the rows into an empty PostgreSQL database, sealed as they are, and compare both.

    Stop the site and back up first. `-` reads the address from standard input, so that a password
    in it stands in no list of processes. Keys, record and files stay where they are. Killed in the
    middle, it has moved nothing: make the database anew, run it again. Exit code 0: every row is
    there and the same; 2: refused.
    """
    from kept.cli.new import usable
    from kept.cli.serve import only_one

    if address == "-":
        address = sys.stdin.readline().strip()
    usable(address)
    lock = only_one(_project.find().folder)
    _project.setup()
    from kept.conf import settings
    from kept.vault import rehousing

    with progress.bar("moving", hidden=as_json) as told:
        moved = rehousing.move(address, told=told)
    os.close(lock)
    if as_json:
        facts = {"rows": moved.rows, "set": _SETTING, "old": [str(path) for path in moved.old]}
        click.echo(json.dumps({**facts, "tables": [asdict(table) for table in moved.tables]}))
    else:
        click.echo(_words(moved, settings().secret, settings().backups))


def _words(moved: "Moved", secret: "Path", backups: "Path") -> str:
    return "\n".join([
        f"Moved {moved.rows} rows of {len(moved.tables)} tables; each is the same in both.",
        "",
        "Next, tell the site where its rows are now, by one of:",
        f"  {_SETTING} in the environment of its service,",
        f"  {secret / 'database.url'}, a file that its owner alone can read (chmod 600),",
        '  DATABASES["default"], where the project has settings of its own.',
        "Then: kept ledger verify && kept vault verify && kept backup && kept serve",
        "",
        "The old database is as it was, and no erasure reaches it any more: what is sealed in it",
        "goes dark with its keys, everything else stays readable. Once the new one serves:",
        f"  shred -u {shlex.join(map(str, moved.old))}",
        f"and delete the backups made of it in {backups} as soon as a new one is verified",
        "(`kept backup test`); they cannot be restored into PostgreSQL.",
    ])  # fmt: skip
