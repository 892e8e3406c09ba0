"""`kept ledger`: show, verify, receipt, export: the tamper-evident record and its proofs."""

import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from kept import ledger
from kept.cli import _project

FOUND = 1
"""Exit code where something is not as it should be."""
UNCONFIRMED = 3
"""Exit code where a proof holds, but only under a key that nobody vouched for."""


@click.group()
def command() -> None:
    """The tamper-evident record: figures, checks, receipts, export for auditors."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(as_json: bool) -> None:
    """Figures of the ledger, its anchors, and what the running checks found."""
    _enter()
    now = ledger.status()
    if as_json:
        _print_json({**dataclasses.asdict(now), "anchored_outside": now.anchored_outside})
        return
    console = Console()
    last = now.last.isoformat() if now.last else "never"
    console.print(
        f"{now.events} events in {now.size} leaves, {now.batches} batches, the newest of {last};"
        f" {now.waiting} waiting"
    )
    console.print(f"key {now.key}", soft_wrap=True)
    if now.lost:
        console.print(now.lost, style="red", soft_wrap=True)
    table = Table("anchor", "where", "leaves", "day")
    for one in now.anchors:
        where = "outside" if one.outside else "this machine"
        table.add_row(one.name, where, str(one.size), one.day.isoformat() if one.day else "never")
    console.print(table)
    if not now.anchored_outside:
        console.print(
            "No anchor outside this machine has a checkpoint:"
            " putting the whole machine back to an older state would not be noticed."
        )
    for finding in now.findings:
        console.print(finding, style="red", soft_wrap=True)


@command.command()
@click.argument("target", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--key", help="The log's key `name+id+base64`, or a file with it.")
@click.option(
    "--kept",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint you kept from before; may be given more than once.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(target: Path | None, key: str | None, kept: Sequence[Path], as_json: bool) -> None:
    """Verify a file of receipts or an exported log, offline; without one, this site's whole ledger.

    Exit code 0: as it should be; 1: not; 2: it could not be checked; 3: the proof holds, but only
    under the key that the file itself names.
    """
    if target is None:
        _verify_site(as_json)
    elif target.is_dir():
        _verify_export(target, key, kept, as_json)
    else:
        _verify_receipts(target, key, as_json)


@command.command("begin-anew")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def begin_anew(yes: bool, as_json: bool) -> None:
    """Go on after the ledger's database was lost: begin a new log that says so.

    Only where the old one is gone or was put back to an older state (L025, L026); what is left of
    it is put aside. The site must not be running. Make a backup of everything first.
    """
    from kept.cli.serve import only_one

    lock = only_one(_project.find().folder)
    _project.setup()
    if not yes:
        click.confirm("What the old log alone knew is lost for good. Begin a new one?", abort=True)
    made = ledger.begin_anew()
    os.close(lock)
    if as_json:
        _print_json(dataclasses.asdict(made))
        return
    click.echo(f"Log {made.log} is begun; the lost one had {made.lost} leaves or more.")
    click.echo(
        f"{made.rows} rows are entered as found."
        f" Left of the old database: {made.aside or 'nothing'}"
    )
    click.echo("Tell your auditor, and publish the new log's name and key beside the old ones.")


@command.command()
@click.argument("mark", required=False, type=click.UUID)
@click.option("--subject", type=click.UUID, help="Every receipt of one subject.")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="A folder for the files."
)
def receipt(mark: UUID | None, subject: UUID | None, into: Path | None) -> None:
    """Write the receipt of one event (by its mark), or all receipts of a subject."""
    if (mark is None) == (subject is None):
        raise click.UsageError("give a mark or --subject")
    if into is not None and into.exists() and any(into.iterdir()):
        raise click.UsageError(
            f"`{into}` is not empty: name a new folder, so that nothing is mixed"
        )
    _enter()
    made = [ledger.receipt_of(mark)] if mark else ledger.receipts_about(subject or UUID(int=0))
    if into is None:
        for one in made:
            click.echo(one.decode())
        return
    into.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(made, 1):
        (into / f"{number:04}.receipt").write_bytes(one + b"\n")
    click.echo(f"{len(made)} receipts in {into}")


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def export(folder: Path, as_json: bool) -> None:
    """Write the whole log into a new FOLDER, as an auditor reads it (C2SP tlog-tiles)."""
    _enter()
    size = ledger.export(folder)
    if as_json:
        _print_json({"folder": str(folder), "leaves": size})
    else:
        click.echo(f"{size} leaves in {folder}")


def _verify_site(as_json: bool) -> None:
    _enter()
    report = ledger.check_whole()
    ledger.keep_findings(report, whole=True)
    if as_json:
        found = [{"code": one.code.id, "message": one.message} for one in report.findings]
        _print_json({"checked": report.checked, "findings": found})
    else:
        seen = ", ".join(f"{count} {what}" for what, count in sorted(report.checked.items()))
        click.echo(f"Looked at {seen or 'an empty ledger'}.")
        for finding in report.findings:
            click.secho(str(finding), fg="red")
        if not report.findings:
            click.echo("All as it was recorded.")
    sys.exit(FOUND if report.findings else 0)


def _verify_receipts(path: Path, key: str | None, as_json: bool) -> None:
    """A file of one receipt, or of several, one a line."""
    lines = path.read_bytes().splitlines()
    found = [ledger.read_receipt(line) for line in lines if line.strip()]
    if not found:
        raise click.UsageError("there is no receipt in this file")
    own = _key(key) or found[0].key
    try:
        verifier = ledger.verifier(own)
        proven = [ledger.verify_receipt(one, [verifier], verifier.name) for one in found]
    except ledger.LogError as error:
        _refused(error, as_json)
    facts = [_facts(one) for one in proven]
    several: dict[str, Any] = {"receipts": facts, "log": proven[0].checkpoint.origin}
    _told(
        as_json,
        facts[0] if len(facts) == 1 else several,
        str(verifier.public),
        confirmed=key is not None,
    )


def _facts(proven: Any) -> dict[str, Any]:
    return {
        "event": json.loads(proven.event),
        "day": proven.day.isoformat(),
        "leaf": proven.index,
        "size": proven.checkpoint.size,
        "log": proven.checkpoint.origin,
    }


def _verify_export(folder: Path, key: str | None, kept: Sequence[Path], as_json: bool) -> None:
    named = folder / "key"
    if key is None and not named.is_file():
        raise click.UsageError(f"there is no file `key` in `{folder}`: give the log's key as --key")
    own = _key(key) or _read_key(named)
    verifier = ledger.verifier(own)
    try:
        found = ledger.audit_export(
            folder, [verifier], verifier.name, [path.read_bytes() for path in kept]
        )
    except ledger.LogError as error:
        _refused(error, as_json)
    _told(
        as_json,
        {
            "log": found.checkpoint.origin,
            "size": found.checkpoint.size,
            "checkpoints": found.checkpoints,
            "kept": len(kept),
            "open": [json.loads(text) for text in found.open],
        },
        str(verifier.public),
        confirmed=key is not None,
    )


def _told(as_json: bool, facts: dict[str, Any], key: str, *, confirmed: bool) -> None:
    if as_json:
        _print_json({**facts, "key": key, "confirmed": confirmed})
    else:
        for one in facts.get("receipts", ()):
            click.echo(f"{one['day']} {json.dumps(one['event'])}")
        for name, value in facts.items():
            if name != "receipts":
                plain = isinstance(value, str | int)
                click.echo(f"{name}: {value if plain else json.dumps(value)}")
        if confirmed:
            click.echo("Proven.")
        else:
            click.secho(
                f"Proven only under the key that the file itself names:\n{key}\n"
                "Compare it with the one the site publishes, and give it as --key.",
                fg="yellow",
            )
    sys.exit(0 if confirmed else UNCONFIRMED)


def _refused(error: ledger.LogError, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"error": {"code": error.code.id, "message": error.message, "do": error.do}})
    else:
        click.secho(str(error), fg="red", err=True)
    sys.exit(FOUND)


def _key(given: str | None) -> str | None:
    if given and Path(given).is_file():
        return _read_key(Path(given))
    return given


def _read_key(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, indent=2, default=str))


def _enter() -> None:
    """Start Django, unless the process has done so (a test, a management command)."""
    if "DJANGO_SETTINGS_MODULE" in os.environ and _ready():
        return
    _project.setup()


def _ready() -> bool:
    from django.apps import apps

    return apps.ready
