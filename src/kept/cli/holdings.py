"""`kept holdings`: what is kept of people where, how far it is adopted, and what read it."""

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kept._kit import progress
from kept.cli import _project

UNFINISHED = 1
"""Exit code where something is not as it should be."""
_STYLES = {"sealed": "green", "ids only": "dim", "observed": "yellow", "declared": "red"}


@click.group()
def command() -> None:
    """The tables that keep something of people: declared, observed or sealed."""


@command.command()
@click.option("--all", "every", is_flag=True, help="With the tables that hold ids only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, every table.")
def show(every: bool, as_json: bool) -> None:
    """Every table with its level, its columns in clear text and how many rows are nobody's."""
    _project.setup()
    from kept import vault

    every = every or as_json
    shown = [one for one in vault.levels() if every or one.level is not vault.Level.IDS]
    found = [(one, vault.counted(one.label)) for one in shown]
    if as_json:
        rows = [
            {
                "model": one.label, "level": str(one.level), "clear": list(one.clear),
                "sealed": list(one.sealed), "rows": counted.rows, "nobodys": counted.nobodys,
            }
            for one, counted in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, indent=2))
        return
    table = _table("Table", "Level", "In clear text", "Rows")
    for one, counted in found:
        level = Text(str(one.level), style=_STYLES[str(one.level)])
        nobodys = f" ({counted.nobodys:,} rows of nobody)" if counted.nobodys else ""
        table.add_row(one.label, level, ", ".join(one.clear), f"{counted.rows:,}{nobodys}")
    _print(table)


@command.command()
def link() -> None:
    """Find out whose the rows of declared tables are. May be interrupted and run again.

    Exit code 1: some rows are nobody's; `kept.vault.link(row, subject)` says whose they are.
    """
    _project.setup()
    from kept import vault

    left = 0
    for holding in vault.linked_models():
        with progress.bar(f"linking {holding.label}") as told:
            done = vault.link_all(holding, told)
        nobodys = vault.counted(holding.label).nobodys
        left += nobodys
        click.echo(f"{holding.label}: {done:,} linked, {nobodys:,} of nobody")
    sys.exit(UNFINISHED if left else 0)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def observed(as_json: bool) -> None:
    """What read observed columns in the last 30 days, and what the gate would have said.

    Exit code 1: something was read that sealing would withhold.
    """
    _project.setup()
    from kept import vault

    found = vault.observed()
    if as_json:
        rows = [{**read._asdict(), "times": times} for read, times in found.items()]
        click.echo(json.dumps(rows, indent=2))
    else:
        _print(_reads(found))
    sys.exit(UNFINISHED if any(read.answer != "allowed" for read in found) else 0)


def _reads(found: Any) -> Table:
    table = _table("Table", "Column", "Purpose", "Gate", "Where", "At least")
    for read, times in found.items():
        style = "green" if read.answer == "allowed" else "red"
        said = Text(f"{read.answer}{f': {read.why}' if read.why else ''}", style=style)
        table.add_row(read.model, read.column, read.purpose, said, read.place, f"{times:,}")
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _print(table: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    console.print(table)
