"""`kept verify`: look whether every promise is kept, now, on this site."""

import json
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from kept._kit.progress import bar
from kept.cli import _project
from kept.cli._states import COLOURS

if TYPE_CHECKING:
    from kept.promises import Finding, Verified

BROKEN = 1
"""Exit code where a promise is broken."""
UNPROVEN = 2
"""Exit code where none is broken and one could not be checked."""


@click.command()
@click.option("--promise", "ids", multiple=True, metavar="ID", help="Only this one; repeatable.")
@click.option("--full", is_flag=True, help="Let no check carry on from its last run.")
@click.option("--watch", type=click.IntRange(1), metavar="SECONDS", help="Again and again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object (a line each, watching).")
def command(ids: Sequence[str], full: bool, watch: int | None, as_json: bool) -> None:
    """Look whether every promise is kept, now.

    Exit code 0: all kept; 1: one is broken; 2: one could not be checked.
    """
    _project.setup_once()
    from kept import promises

    while True:
        with bar("Looking at the promises", hidden=as_json) as progress:
            found = promises.verify(ids, full=full, progress=progress)
        _tell(found, as_json=as_json, watching=watch is not None)
        if watch is None:
            sys.exit(_code(found))
        time.sleep(watch)


def _code(found: "Verified") -> int:
    if found.count("broken"):
        return BROKEN
    return UNPROVEN if found.count("unproven") else 0


def _tell(found: "Verified", *, as_json: bool, watching: bool) -> None:
    if as_json:
        told = {"promises": [_row(one) for one in found.findings]}
        click.echo(json.dumps(told, indent=None if watching else 2))
        return
    console = Console(soft_wrap=True, highlight=False)
    for one in found.findings:
        if one.state != "kept":
            console.print(f"[{COLOURS[one.state]}]{one.state:9}[/] [bold]{one.promise.id}[/]")
            console.print(f"          {one.says}", markup=False)
    console.print(
        f"[green]{found.count('kept')} kept[/], [bold red]{found.count('broken')} broken[/],"
        f" [yellow]{found.count('unproven')} not proven[/] of {len(found.findings)} promises"
        f" in {found.seconds:.1f} s"
    )


def _row(one: "Finding") -> dict[str, Any]:
    return {
        "id": one.promise.id,
        "sentence": one.promise.sentence,
        "keeper": ", ".join(one.promise.keepers),
        "state": one.state,
        "says": one.says,
        "figures": one.figures,
        "proven_at": one.proven_at.isoformat() if one.proven_at else None,
    }
