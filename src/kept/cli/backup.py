"""`kept backup`: copy data and, apart, keys while the site serves; `kept backup test` tries them.

Rules: both are verified before they count; where they went is said, what is in them is not.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kept._kit import progress
from kept.cli import _project

BAD = 1
"""Exit code where a backup would not bring everyone back."""
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--out", type=_FOLDER, help="Where the data's backup goes. Default: BACKUPS.")
@click.option("--keys-out", type=_FOLDER, help="Where the keys' goes, apart. Default: KEY_BACKUPS.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(context: click.Context, out: Path | None, keys_out: Path | None, as_json: bool) -> None:
    """Back up the data, and apart from it the key store; verify both; delete what is too old.

    The master key is in neither: copy `SECRET` by hand, and again after each rotation, also one by
    the clock. When it was last rotated is said at the end.

    May run while the site is serving. Exit code 0: both are good; 2: something was refused.
    """
    if context.invoked_subcommand is not None:
        return
    _project.setup()
    from kept import vault
    from kept.vault import backups

    out, keys_out = out and out.resolve(), keys_out and keys_out.resolve()
    with progress.bar("data", hidden=as_json) as told:
        data = backups.data(out, told=told)
    with progress.bar("keys", hidden=as_json) as told:
        keys = backups.key_store(keys_out, told=told)
    if as_json:
        click.echo(json.dumps({"data": _facts(data), "keys": _facts(keys)}))
        return
    for name, made in (("data", data), ("keys", keys)):
        click.echo(
            f"{name}: {made.folder}\n"
            f"  {made.rows} rows, {made.parts} files, {made.size} bytes, verified; "
            f"{made.deleted} older deleted"
        )
    click.echo(f"not in either: {vault.master_in_words()}")


@command.command("test")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def try_it(context: click.Context, as_json: bool) -> None:
    """Restore the newest backups into a scratch place, check them, remove the scratch.

    What is opened is given to nobody. Exit code 0: everyone would be back; 1: not; 2: refused.
    """
    _project.setup()
    from kept.vault import backups

    given = context.parent.params if context.parent else {}
    out, keys_out = given.get("out"), given.get("keys_out")
    with progress.bar("test restore", hidden=as_json) as told:
        found = backups.try_newest(
            out and out.resolve(), keys_out and keys_out.resolve(), told=told
        )
    if as_json:
        click.echo(json.dumps({**_facts(found), "good": found.good}))
    else:
        click.echo(
            f"{found.folder}, of {found.made[:19]} UTC\n"
            f"  {found.rows} rows restored; {found.opened} of the sample open, "
            f"{found.destroyed} are of erased people; {found.keys} keys open"
        )
        for problem in found.problems:
            click.echo(f"  {problem}")
        click.echo("good" if found.good else "NOT good: make a new backup and find out why")
    sys.exit(0 if found.good else BAD)


def _facts(made: Any) -> dict[str, Any]:
    return {**asdict(made), "folder": str(made.folder)}
