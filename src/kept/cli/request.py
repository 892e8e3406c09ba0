"""`kept request`: list, show, decide: what people asked about their own data."""

import json
import sys
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.table import Column, Table

from kept.cli import _project

NOT_DONE = 1
"""Exit code where there was nothing to do it to: unknown, over, or gone too far."""
_KINDS = (
    "access", "export", "correct", "cease", "unsubscribe", "restrict", "unrestrict", "withdraw",
    "erase",
)  # fmt: skip
_STATES = ("open", "overdue", "failing", "closed")


@click.group()
def command() -> None:
    """What people asked about their own data: due dates, states, decisions."""


@command.command("list")
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(state: str, as_json: bool) -> None:
    """The requests, what is due first at the top. Opens nothing."""
    _project.setup_once()
    from kept.keepers.rights import listing

    lines = [listing.line(row) for row in listing.rows(state)]
    if as_json:
        click.echo(json.dumps([_facts(one.row) for one in lines], indent=2))
        return
    whole = Column("id", no_wrap=True)  # the other commands take nothing shorter
    due = Column("due", no_wrap=True)
    table = Table(whole, "asks", "state", due, "by", "failure", box=None, pad_edge=False)
    for one in lines:
        row = one.row
        table.add_row(str(row.pk), row.kind, one.state, one.due, row.channel, one.problem)
    Console().print(table)


@command.command()
@click.argument("request", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(request: UUID, as_json: bool) -> None:
    """How far one request is. What its person wrote is not opened here."""
    _project.setup_once()
    from kept.keepers.rights.models import Request

    row = Request.objects.filter(pk=request).first()
    if row is None:
        _nothing(request)
    facts = _facts(row)
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        if value not in (None, ""):
            click.echo(f"{name}: {value}")


@command.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--address", required=True, help="The address that the person is known under.")
@click.option("--message", default="", help="What they wrote.")
@click.option("--base", default="", help="Where the site is; needed where the policy has no `url`.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def ask(kind: str, address: str, message: str, base: str, as_json: bool) -> None:
    """Ask for somebody who called or wrote by post. A mail asks them whether it was them."""
    _project.setup_once()
    from kept.keepers.rights import flows

    done = flows.ask(kind, channel="staff", address=address, message=message, base=base)
    if as_json:
        click.echo(json.dumps({"request": str(done.request), "state": done.state}))
    else:
        click.echo(f"{done.request}: a mail asks the holder of the address whether it was them.")


@command.command()
@click.argument("request", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def run(request: UUID, as_json: bool) -> None:
    """Take the next step now, though it is tried again later by itself."""
    _project.setup_once()
    from kept.keepers.rights import flows, progress

    if not flows.run(request):
        _nothing(request)
    state, seconds = progress.go_on(request)
    if as_json:
        click.echo(json.dumps({"request": str(request), "state": state, "again_in": seconds}))
    else:
        click.echo(f"{state}{f', again in {seconds} seconds' if seconds else ''}")


@command.command()
@click.argument("request", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def cancel(request: UUID, as_json: bool) -> None:
    """Take a request back for its person, before it is carried out."""
    _project.setup_once()
    from kept.keepers.rights import flows

    _told(request, flows.cancel(request), "cancelled", as_json)


@command.command()
@click.argument("request", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def settle(request: UUID, as_json: bool) -> None:
    """Say that you saw to a request whose mail never left."""
    _project.setup_once()
    from kept.keepers.rights import flows

    _told(request, flows.settle(request), "settled", as_json)


@command.command()
@click.argument("request", type=click.UUID)
@click.option(
    "--reason", required=True, type=click.Choice(("unproven", "others", "repeated", "unfounded"))
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def refuse(request: UUID, reason: str, as_json: bool) -> None:
    """Refuse a request; its person is told the reason and where to complain."""
    _project.setup_once()
    from kept.keepers.rights import flows

    _told(request, flows.refuse(request, reason), "refused", as_json)


def _told(request: UUID, done: bool, word: str, as_json: bool) -> None:
    if not done:
        _nothing(request)
    click.echo(json.dumps({"request": str(request), "state": word}) if as_json else word)


def _nothing(request: UUID) -> Any:
    click.secho(f"{request}: no such request, or it is over.", fg="red", err=True)
    sys.exit(NOT_DONE)


def _facts(row: Any) -> dict[str, Any]:
    """What may be told of a request: nothing of its person."""
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "state": row.state,
        "outcome": row.outcome,
        "channel": row.channel,
        "asked": row.asked.isoformat(),
        "due": row.due.isoformat(),
        "closed": row.closed.isoformat() if row.closed else None,
        "starts": row.starts.isoformat() if row.starts else None,
        "overdue": row.overdue,
        "policy": row.version,
        "expected": row.expected,
        "reached": row.reached,
        "attempts": row.attempts,
        "failure": row.failure,
        "unsent": row.unsent,
    }
