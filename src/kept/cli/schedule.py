"""`kept schedule`: list, run: what is done by the clock, when it last was, when it is due."""

import dataclasses
import json
import sys
from datetime import datetime
from typing import Any

import click

from kept.cli import _project

BAD = 1
"""Exit code where a job failed or was cut off."""
_COLOURS = {"failed": "red", "cut off": "red", "off": "bright_black"}


@click.group()
def command() -> None:
    """What is done by the clock: backups, key rotation, sweeps. `kept serve` runs it."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_(as_json: bool) -> None:
    """Every job: how it stands, when it last did its work, when it is due (UTC).

    Exit code 0: all are well; 1: one failed or was cut off; it is tried again by itself.
    """
    _project.setup()
    from kept import schedule

    found = schedule.states()
    if as_json:
        click.echo(json.dumps({"jobs": [_facts(one) for one in found]}, indent=2))
    else:
        for one in found:
            _tell(one)
    sys.exit(BAD if any(one.condition in ("failed", "cut off") for one in found) else 0)


@command.command("run")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def run_(name: str, as_json: bool) -> None:
    """Run the job NAME now. May be used while the site is serving: each job runs once at a time."""
    _project.setup()
    from kept import schedule

    state = schedule.run(name)
    if as_json:
        click.echo(json.dumps(_facts(state), indent=2))
    else:
        _tell(state)


def _tell(state: Any) -> None:
    click.secho(f"{state.name}: {state.condition}", fg=_COLOURS.get(state.condition), nl=False)
    click.echo(f" - {state.says}" if state.says else "")
    last, next_ = _moment(state.succeeded), _moment(state.due)
    click.echo(f"  last done {last or 'never'}; due {next_ or 'never'}{', late' * state.late}")
    if state.told:
        click.echo(f"  {state.told}")
    if state.error:
        click.secho(f"  failed {state.failures} times in a row: {state.error}", fg="red")


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _facts(state: Any) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in {**dataclasses.asdict(state), "late": state.late}.items()
    }
