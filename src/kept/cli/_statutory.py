"""`kept vault statutory …`: what a law keeps, also of erased people, read under that law only."""

from pathlib import Path
from uuid import UUID

import click

from kept.cli import _clear, _project, _subjects


@click.group()
def statutory() -> None:
    """What a law of the policy's `[statutes]` keeps, also of people who were erased."""


@statutory.command("list")
@click.argument("statute")
def list_(statute: str) -> None:
    """The random ids of the people of whom STATUTE keeps something."""
    _project.setup()
    from kept import vault

    people = 0
    for one in vault.statutory_people(statute):
        people += 1
        click.echo(str(one))
    click.echo(f"{people} people")


@statutory.command()
@click.argument("statute")
@click.option(
    "--for",
    "purpose",
    required=True,
    help="The purpose, one of the policy's whose basis is a legal obligation.",
)
@click.option("--person", type=click.UUID, help="Only this person, by their random id.")
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, exists=False),
    help="A new folder for it; it is written in clear.",
)
@click.option("--by", required=True, help="The member of staff who reads, by user name.")
def read(statute: str, purpose: str, person: UUID | None, into: Path, by: str) -> None:
    """Write what STATUTE keeps into a folder, for a legal obligation of the policy.

    Each person's part is on record before any of it is given. Delete the folder afterwards.
    """
    _project.setup()
    from kept import vault

    found = vault.statutory_data(statute, purpose, _subjects.staff(by), subject=person)
    done = _clear.write(found, into)
    click.echo(f"{done.rows} rows and {done.files} files, in clear, in {into}")
