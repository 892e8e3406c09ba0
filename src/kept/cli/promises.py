"""`kept promises`: every sentence of the policy in force, who keeps it, and where it stands."""

import json

import click
from rich.console import Console
from rich.table import Table

from kept.cli import _project
from kept.cli._states import COLOURS, ago

UNKEPT = "nobody"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(as_json: bool) -> None:
    """Every promise: its id, its sentence, its keepers, and what the last check found."""
    _project.setup_once()
    from kept import promises
    from kept.promises import standing

    rows = promises.standings()
    if as_json:
        click.echo(json.dumps({"promises": [standing.as_json(one) for one in rows]}, indent=2))
        return
    table = Table("promise", "state", "proven", "kept by", "sentence")
    for one in rows:
        table.add_row(
            one.promise.id,
            f"[{COLOURS[one.state]}]{one.state}[/]",
            ago(one.proven_at),
            ", ".join(one.promise.keepers) or UNKEPT,
            one.promise.sentence,
        )
    Console().print(table)
