"""`kept vault`: show, verify, rotate, finish, hold, statutory, merge, journal."""

import sys

import click

from kept._kit import progress
from kept.cli import _project
from kept.cli._holds import hold, merge
from kept.cli._journal import journal
from kept.cli._statutory import statutory

UNFINISHED = 1
"""Exit code where something is not as it should be."""


@click.group()
def command() -> None:
    """Keys and erasures: what state they are in, what keeps them, finishing what a crash left."""


for _part in (hold, statutory, merge, journal):
    command.add_command(_part)


@command.command()
def show() -> None:
    """The master key's version and age, and erasures that are not whole yet."""
    _project.setup()
    from kept import vault

    version, made = vault.key_store().master()
    click.echo(f"master key {version}, made {made.isoformat()}, {vault.master_age().days} days old")
    left = vault.open_erasures()
    click.echo(f"{len(left)} erasures to finish")
    for subject in left:
        click.echo(f"  {subject}")
    sys.exit(UNFINISHED if left else 0)


@command.command()
def verify() -> None:
    """Unwrap every key with the current master key; nothing is opened with them."""
    _project.setup()
    from kept import vault

    click.echo(f"{vault.verify_keys()} keys open with the current master key")


@command.command()
def rotate() -> None:
    """Replace the master key: wrap every key anew, back up and verify, destroy the old one.

    May be interrupted anywhere and run again. Exit code 1: an old key has to be removed by hand.
    """
    _project.setup()
    from kept import vault
    from kept.vault import backups

    def back_up() -> None:
        click.echo(f"key store backed up and verified: {backups.key_store().folder}")

    with progress.bar("wrapping keys") as told:
        done = vault.rotate_master(back_up, progress=told)
    click.echo(f"master key {done.master} is in use; {done.wrapped} keys wrapped by it now")
    if done.destroyed:
        click.echo(f"destroyed: {', '.join(map(str, done.destroyed))}")
    if done.by_hand:
        click.echo(f"remove by hand, then run this again: {', '.join(map(str, done.by_hand))}")
    sys.exit(UNFINISHED if done.by_hand else 0)


@command.command()
def finish() -> None:
    """Finish every erasure that was decided. Also done at each start of `kept serve`."""
    _project.setup()
    from kept import vault

    left = 0
    for one in vault.finish_erasures():
        left += not one.done
        click.echo(
            f"{one.subject}: {one.reached} of {one.expected} rows"
            + (f", not yet: {', '.join(one.failed)}" if one.failed else "")
        )
    sys.exit(UNFINISHED if left else 0)
