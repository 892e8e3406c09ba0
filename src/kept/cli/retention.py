"""`kept retention`: what is kept how long, what is over, and the sweep that removes it.

Rules: a dry run counts the rows that a sweep would remove and changes nothing; a sweep may be
interrupted anywhere and run again, and may run while the site serves.
"""

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from kept._kit import progress
from kept.cli import _project

if TYPE_CHECKING:
    from kept.keepers.retention.figures import Standing
    from kept.keepers.retention.sweeping import Swept

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def command() -> None:
    """Show what is kept how long, and remove what is over."""


@command.command()
@_JSON
def show(as_json: bool) -> None:
    """Per collection point: the keep, the rows, those that are over, the day the next one is."""
    _project.setup_once()
    from kept.keepers.retention import figures

    found = figures.standing()
    if as_json:
        click.echo(json.dumps(_facts(found)))
    else:
        _table(found)


@command.command()
@click.option("--dry-run", is_flag=True, help="Count what is over; remove nothing.")
@_JSON
def run(dry_run: bool, as_json: bool) -> None:
    """Remove everything whose time is over, now."""
    _project.setup_once()
    from kept.keepers.retention import sweeping

    if dry_run:
        counted = sweeping.count()
        told = {"dry_run": True, "rows": sum(counted.values()), "points": counted}
        click.echo(json.dumps(told) if as_json else _counted(counted))
        return
    with progress.bar("removing", hidden=as_json) as shown:
        done = sweeping.sweep(look=True, told=shown)
    click.echo(json.dumps(_done(done)) if as_json else _words(done))


def _facts(found: "Standing") -> dict[str, Any]:
    return {
        "points": [
            {
                "point": line.point,
                "keep": line.keep.key_class if line.keep else None,
                "rows": line.rows,
                "due": line.due,
                "next": _day(line.next),
            }
            for line in found.lines
        ],
        "last": _day(found.last),
        "removed": found.removed,
        "next_sweep": _day(found.next_sweep),
    }


def _day(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _table(found: "Standing") -> None:
    from kept.policy.prose import kept_for

    table = Table("collected when", "kept", "rows", "over now", "next", box=None, pad_edge=False)
    for line in found.lines:
        kept = kept_for(line.keep) if line.keep else "no longer: the clause is gone"
        table.add_row(line.point, kept, f"{line.rows}", f"{line.due}", _day(line.next) or "")
    Console().print(table)
    last = f"{found.last:%Y-%m-%d %H:%M} UTC, {found.removed} rows" if found.last else "never"
    coming = f"{found.next_sweep:%Y-%m-%d %H:%M} UTC" if found.next_sweep else "not planned"
    click.echo(f"last sweep: {last}\nnext sweep: {coming}")


def _counted(points: dict[str, int]) -> str:
    lines = [f"{number} rows of `{point}` are over" for point, number in points.items()]
    return "\n".join(lines or ["nothing is over"])


def _done(done: "Swept") -> dict[str, Any]:
    return {
        "dry_run": False,
        "rows": done.rows,
        "points": done.by_point,
        "others": done.others,
        "people": done.people,
        "keys": done.keys,
        "identifiers": done.identifiers,
        "longest_seconds": round(done.longest, 3),
    }


def _words(done: "Swept") -> str:
    lines = [f"{number} rows of `{point}` removed" for point, number in done.by_point.items()]
    lines += [f"{number} removed of {name}" for name, number in done.others.items() if number]
    lines.append(
        f"{done.people} people of whom nothing was left, {done.keys} keys, "
        f"{done.identifiers} identifiers removed"
    )
    return "\n".join(lines)
