"""`kept policy`: check, show, compare and export a policy file; publish it to the site.

Rules: but for publishing nothing here needs Django or a project; results go to stdout, problems to
stderr; exit code 0 where all is well, 1 where a check found something, 2 where a file cannot be
used at all.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kept.policy import (
    Change,
    Policy,
    Problem,
    categories,
    codes,
    compare,
    export,
    load,
    prose,
    render,
)

_FOUND, _UNUSABLE = 1, 2
_COLOURS = {"widen": "red", "narrow": "green", "reword": "cyan", "error": "red", "lint": "yellow"}

_FILE = click.argument("file", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON for other programs.")


@click.group()
def command() -> None:
    """Check, show, compare and export policy files; publish one."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_JSON
@click.option("--strict", is_flag=True, help="Lints fail, too.")
def check(files: tuple[Path, ...], as_json: bool, strict: bool) -> None:
    """Say what is wrong with policy FILES, by code, line and word."""
    found = {file: load(file) for file in files}
    problems = [one for loaded in found.values() for one in loaded.problems]
    errors = [one for one in problems if one.severity == "error"]
    if as_json:
        _write([asdict(one) for one in problems])
    else:
        _tell(problems)
        for file, loaded in found.items():
            if not loaded.problems:
                click.echo(f"{file}: nothing to mend")
    sys.exit(_FOUND if errors or (strict and problems) else 0)


@command.command()
@_FILE
@click.option("--html", "form", flag_value="html", help="As HTML.")
@click.option("--markdown", "form", flag_value="markdown", default="markdown", help="As Markdown.")
@click.option("--notice", metavar="POINT", help="Only the notice of one collection point.")
@_JSON
def show(file: Path, form: str, notice: str | None, as_json: bool) -> None:
    """Write the policy in FILE as people read it."""
    policy = _policy(file)
    if notice is not None:
        _show_notice(policy, notice, as_json)
        return
    document = prose.document(policy)
    if as_json:
        _write(asdict(document))
    else:
        text = render.html(document) if form == "html" else render.markdown(document)
        click.echo(text, nl=False)


def _show_notice(policy: Policy, point: str, as_json: bool) -> None:
    if point not in policy.collect:
        known = ", ".join(f"`{id}`" for id in policy.collect)
        raise click.BadParameter(f"no collection point `{point}`; there are {known}")
    made = prose.notice(policy, point)
    if as_json:
        _write(asdict(made))
    else:
        click.echo(made.text)


@command.command("compare")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_JSON
@click.option("--fail-on-widen", is_flag=True, help="Exit code 1 where NEW allows more than OLD.")
def compare_(old: Path, new: Path, as_json: bool, fail_on_widen: bool) -> None:
    """Say what changes for whom from OLD to NEW: what widens, what narrows, what is reworded."""
    changes = compare(_policy(old), _policy(new)).changes
    if as_json:
        _write([{**asdict(one), "keys": sorted(one.keys)} for one in changes])
    elif changes:
        _table(changes)
    else:
        click.echo("nothing changes")
    wider = any(one.kind == "widen" for one in changes)
    sys.exit(_FOUND if fail_on_widen and wider else 0)


@command.command()
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day it takes effect. Default: as the file says.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change for whom; post nothing.")
@_JSON
def publish(new: Path, effective: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Make NEW the policy of the running site from its day on, and tell everybody with an account.

    Again changes nothing. Exit code 0: posted, or nothing to post; 2: refused.
    """
    from kept.cli import _posting

    told = _posting.publish(new, effective and effective.date(), dry_run=dry_run)
    _write(told) if as_json else click.echo(_posting.words(told))


@command.command()
@_JSON
def unpublish(as_json: bool) -> None:
    """Withdraw the version that was posted last, before its day."""
    from kept.cli import _posting

    told = _posting.unpublish()
    _write(told) if as_json else click.echo(_posting.words(told))


@command.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--dpv", "form", flag_value="dpv", help="JSON-LD in terms of the W3C DPV.")
@click.option("--fides", "form", flag_value="fides", help="A Fides manifest.")
@click.option("--json", "form", flag_value="plain", help="Plain JSON in the shape of the file.")
@click.option("--schema", "form", flag_value="schema", help="The JSON schema of --json; no FILE.")
def export_(file: Path | None, form: str | None) -> None:
    """Write the policy in FILE in the words of others."""
    if form is None:
        raise click.UsageError("say which: --dpv, --fides, --json or --schema")
    if form == "schema":
        _write(export.schema())
        return
    if file is None:
        raise click.UsageError("Missing argument 'FILE'.")
    makers = {"dpv": export.dpv, "fides": export.fides, "plain": export.plain}
    _write(makers[form](_policy(file)))


@command.command("categories")
@_JSON
def categories_(as_json: bool) -> None:
    """List the kinds of personal data that fields and clauses can name."""
    rows = categories().values()
    if as_json:
        _write([asdict(one) for one in rows])
        return
    table = Table("category", "what people read", "value", box=None, pad_edge=False)
    for one in rows:
        table.add_row(one.key, one.label, "" if one.kind == "group" else one.kind)
    Console().print(table)


@command.command()
@click.argument("code")
def explain(code: str) -> None:
    """Explain an error or lint CODE such as E014, with a bad and a good example."""
    entry = codes.ENTRIES.get(code.upper())
    if entry is None:
        raise click.BadParameter(f"no code `{code}`; codes look like E014 and W101")
    click.echo(f"{entry.id} {entry.title}\n\n{entry.why}\n\nWhat to do: {entry.do}.")
    click.echo(f"\nNot so:\n\n{_indented(entry.bad)}\nBut so:\n\n{_indented(entry.good)}", nl=False)


def _policy(file: Path) -> Policy:
    """The policy in `file`; ends the command where it has errors."""
    loaded = load(file)
    if loaded.policy is None:
        _tell(loaded.errors)
        sys.exit(_UNUSABLE)
    return loaded.policy


def _tell(problems: Iterable[Problem]) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for one in problems:
        code, _space, rest = str(one).partition(" ")
        colour = _COLOURS[one.severity]
        console.print(f"[{colour}]{code}[/{colour}] {escape(rest)}")


def _table(changes: tuple[Change, ...]) -> None:
    table = Table("change", "clause", "for whom", "what", show_lines=True)
    for one in changes:
        kind = f"[{_COLOURS[one.kind]}]{one.kind}[/]"
        table.add_row(kind, escape(one.clause), escape(one.whom), escape(one.text))
    Console().print(table)


def _write(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
