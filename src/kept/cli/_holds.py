"""`kept vault hold …` and `kept vault merge`: a member of staff says so, by their random id."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from kept.cli import _clear, _project, _subjects

if TYPE_CHECKING:
    from kept import vault

REMAINS = 1
"""Exit code where an erasure goes on and something of it is still kept."""


@click.group()
def hold() -> None:
    """Legal reasons of the policy's `[holds]` that keep some data from erasure, with an end."""


@hold.command()
@click.argument("person")
@click.option("--reason", required=True, help="The name of a clause in [holds].")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day it holds."
)
@click.option("--by", required=True, help="The member of staff who says so, by user name.")
def place(person: str, reason: str, until: datetime, by: str) -> None:
    """Keep what a reason covers of PERSON's data (an address on file, or a random id)."""
    _project.setup()
    from kept import vault

    made = vault.place_hold(_subjects.subject(person), reason, until.date(), _subjects.staff(by))
    click.echo(f"{made.id}: placed; keeps {_covers(made)} until {made.until.isoformat()}")
    click.echo("Make a backup of the data now: an older one has it under keys that may go.")


@hold.command()
@click.argument("hold", type=click.UUID)
@click.option("--by", required=True, help="The member of staff who says so, by user name.")
def lift(hold: UUID, by: str) -> None:
    """End the hold with the id HOLD; an erasure that it held up is finished.

    Exit code 1: something is kept for another reason, or is not purged yet.
    """
    _project.setup()
    from kept import vault

    done = vault.lift_hold(hold, _subjects.staff(by))
    click.echo("lifted")
    if done is None:
        return
    click.echo(f"the erasure went on: {done.reached} of {done.expected} rows")
    for one in done.remains:
        click.echo(f"  kept: {one.rows} in {one.label}, {one.why}{_until(one)}")
    sys.exit(REMAINS if done.remains or not done.done else 0)


@hold.command()
@click.argument("hold", type=click.UUID)
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, exists=False),
    help="A new folder for what is held; it is written in clear.",
)
@click.option("--by", required=True, help="The member of staff who reads, by user name.")
def read(hold: UUID, into: Path, by: str) -> None:
    """Write what the hold with the id HOLD keeps into a folder, for the reason it was placed for.

    Only what its clause covers; on record before any of it is given. Delete the folder afterwards.
    """
    _project.setup()
    from kept import vault

    found = vault.held_data(hold, _subjects.staff(by))
    done = _clear.write(((None, one) for one in found), into)
    click.echo(f"{done.rows} rows and {done.files} files, in clear, in {into}")


@hold.command("list")
@click.argument("person", required=False)
def list_(person: str | None) -> None:
    """The holds that stand, of PERSON or of everyone, by their end."""
    _project.setup()
    from kept import vault

    found = vault.holds(_subjects.subject(person)) if person else vault.all_holds()
    for one in found:
        click.echo(
            f"{one.id}  {one.subject}  {one.reason}  until {one.until.isoformat()}  by {one.by}"
        )
    click.echo(f"{len(found)} holds")


@click.command()
@click.argument("source")
@click.argument("target")
@click.option("--by", required=True, help="The member of staff who says so, by user name.")
def merge(source: str, target: str, by: str) -> None:
    """Let SOURCE be TARGET from now on (addresses on file, or random ids): one person.

    Choices come together on the stricter side; it cannot be undone.
    """
    _project.setup()
    from kept import gate, vault

    who = _subjects.staff(by)
    pair = _subjects.subject(source), _subjects.subject(target)
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", who)):
        done = vault.merge(*pair, by=who)
    click.echo(f"{done.source} is {done.target} now: {done.rows} rows and files moved")


def _covers(made: "vault.Standing") -> str:
    return "everything" if made.categories == ("*",) else ", ".join(made.categories)


def _until(one: "vault.Remains") -> str:
    return f" until {one.until.isoformat()}" if one.until else ""
