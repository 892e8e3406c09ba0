"""`kept stopped`: what the edges stopped, by name: cookies, sources, connections, mails, logs.

Rules: counts under names that code chose; nothing about a person, a page or a moment.
"""

import json
from dataclasses import asdict

import click

from kept.cli import _project


@click.command()
@click.option("--days", default=30, show_default=True, help="How far to look back, at most 90.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def command(days: int, as_json: bool) -> None:
    """What was stopped lately because the policy does not name it, and what to do about it."""
    _project.setup()
    from kept.keepers.edges import flows

    found = flows.report(days)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in found], default=str))
        return
    for line in found:
        click.echo(f"{line.count:6} {line.kind:10} {line.name}  (last {line.last}; {line.do})")
    if not found:
        click.echo(f"Nothing was stopped within {days} days.")
