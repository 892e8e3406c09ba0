"""`kept disclose`: try, give, list, approve, again, drop, tell, key: data for declared recipients.

Rules: a person is named by an address on file or by a random id; what the gate says is shown before
anything is given; nothing personal is printed; whoever asks or agrees is a member of staff, noted
by the same random id as in the console, so that nobody is two people by using both.
"""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import click

from kept._kit.errors import KeptError, code
from kept.cli import _project, _subjects

DENIED = 1
"""Exit code where nothing is given, or nothing was done."""
NOT_AN_ID = code("X040", "This is no random id", do="copy it from `kept disclose list`")
F = Callable[..., Any]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise KeptError(NOT_AN_ID, f"`{text[:40]}`") from None


def _asking(command: F) -> F:
    """What `try` and `give` are asked."""
    for option in (
        click.argument("person"),
        click.option("--to", "recipient", required=True, help="A recipient of the policy."),
        click.option("--for", "purpose", required=True, help="A purpose of the policy."),
        click.option("--occasion", default="ordinary", show_default=True),
        click.option("--channel", type=click.Choice(["webhook", "mail", "file"])),
        click.option("--point", "points", multiple=True, help="Only what came in there."),
        click.option(
            "--met",
            multiple=True,
            type=click.Choice(["condition", "region", "sector"]),
            help="A condition of the clause that you made sure of.",
        ),
        click.option("--json", "as_json", is_flag=True, help="One JSON object."),
    ):
        command = option(command)
    return command


@click.group()
def command() -> None:
    """Give data to a declared recipient, and see what was given."""


@command.command("try")
@_asking
def try_(person: str, as_json: bool, **asked: Any) -> None:
    """Show what the gate says of giving PERSON's data (an address on file, or an id).

    Nothing is opened or sent. Exit code 0: something would be given; 1: nothing.
    """
    flows = _flows()
    found = flows.preview(_subject(person), **_words(asked))
    lines = [
        {
            "point": one.point,
            "category": one.category,
            "given": one.decision.allowed,
            "asks": one.asks,
            "missing": list(one.decision.missing),
        }
        for one in found.lines
    ]
    if as_json:
        facts = {
            "channel": found.channel,
            "approvals": found.approvals,
            "asks_by_mail": flows.permissions.asks_by_mail(),
        }
        click.echo(json.dumps({**facts, "permission": found.permission, "lines": lines}, indent=2))
    else:
        click.echo(f"by {found.channel}; permission of the person: {found.permission}")
        for line in lines:
            said = "given" if line["given"] else "asked first" if line["asks"] else "denied"
            click.echo(f"  {line['point']} {line['category']}: {said}")
            for reason in () if line["given"] else _texts(line["missing"]):
                click.echo(f"    missing: {reason}")
        if any(one["asks"] for one in lines) and not flows.permissions.asks_by_mail():
            click.echo("  asked in their account only: without `[policy] url` no mail has a link")
    sys.exit(0 if found.gives else DENIED)


@command.command("give")
@_asking
@click.option("--by", default="", help="Your user name, as staff; needed on an occasion.")
@click.option("--once", default="", help="Your own key, such as an order's number: given once.")
def give(person: str, as_json: bool, by: str, once: str, **asked: Any) -> None:
    """Give PERSON's data (an address on file, or an id). The job sends it.

    Exit code 0: it is on its way or waits for somebody; 1: nothing is given.
    """
    flows = _flows()
    who = _subjects.staff(by) if by else ""
    done = flows.disclose(_subject(person), **_words(asked), by=who, once=once)
    kind = type(done).__name__.lower()
    facts = {
        "outcome": kind,
        "disclosure": str(getattr(done, "disclosure", "")) or None,
        "state": getattr(done, "state", None),
        "missing": list(done.decision.missing) if hasattr(done, "decision") else [],
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(
            " ".join(str(facts[one]) for one in ("outcome", "disclosure", "state") if facts[one])
        )
        for reason in _texts(facts["missing"]):
            click.echo(f"  missing: {reason}")
    sys.exit(0 if kind in ("accepted", "twice") else DENIED)


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="What was given, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_(everything: bool, as_json: bool) -> None:
    """What waits for a person's decision: disclosures, and recipients who are not told yet."""
    _project.setup()
    from kept.keepers.sharing.flows import disclosing
    from kept.keepers.sharing.models import Disclosure

    rows = Disclosure.objects.order_by("-day", "pk") if everything else disclosing.problems()
    given = [_facts(one) for one in rows]
    told = [
        {
            "id": str(one.pk),
            "recipient": one.recipient,
            "change": one.change,
            "reference": one.reference,
            "state": one.state,
            "failure": one.failure,
        }
        for one in disclosing.untold()
    ]
    if as_json:
        click.echo(json.dumps({"disclosures": given, "untold": told}, indent=2))
        return
    for one in (*given, *told):
        click.echo(" ".join(str(value) for value in one.values() if value not in ("", [], None)))


@command.command("approve")
@click.argument("disclosure")
@click.option("--by", required=True, help="The second operator, by user name.")
def approve(disclosure: str, by: str) -> None:
    """Agree, as a second operator, to DISCLOSURE."""
    _project.setup()
    from kept.keepers.sharing.flows import disclosing

    _done(disclosing.approve(_id(disclosure), _subjects.staff(by)))


@command.command("again")
@click.argument("which")
def again(which: str) -> None:
    """Try WHICH again: a disclosure that failed or was denied, or a recipient to tell."""
    _project.setup()
    from kept.keepers.sharing.flows import disclosing

    _done(disclosing.try_again(_id(which)))


@command.command("drop")
@click.argument("which")
def drop(which: str) -> None:
    """Give WHICH up: a disclosure that waits for a decision, or a recipient to tell."""
    _project.setup()
    from kept.keepers.sharing.flows import disclosing

    _done(disclosing.give_up(_id(which)))


@command.command("told")
@click.argument("which")
def told(which: str) -> None:
    """Note that you told the recipient of WHICH by hand."""
    _project.setup()
    from kept.keepers.sharing import telling

    _done(telling.told_by_hand(_id(which)))


@command.command("key")
@click.argument("recipient")
def key(recipient: str) -> None:
    """Make a secret that webhooks to RECIPIENT are signed with, and show it once.

    The one before it stays valid beside it, until the next: exchange it without losing anything.
    """
    _project.setup()
    from kept.keepers.sharing import ways

    click.echo(ways.make_key(recipient))


def _flows() -> Any:
    _project.setup()
    from kept.keepers.sharing import flows

    return flows


def _subject(person: str) -> UUID:
    from kept import vault
    from kept.keepers.sharing.flows.disclosing import NOBODY

    found = vault.find("email", person) if "@" in person else _id(person)
    if found is None:
        raise KeptError(NOBODY, "nobody is known by this address")
    return found


def _words(asked: dict[str, Any]) -> dict[str, Any]:
    return {**asked, "points": list(asked["points"]), "met": list(asked["met"])}


def _facts(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "recipient": row.recipient,
        "purpose": row.purpose,
        "occasion": row.occasion,
        "channel": row.channel,
        "state": row.state,
        "failure": row.failure,
        "categories": row.categories,
        "expected": row.expected,
        "reached": row.reached,
        "day": row.day.isoformat(),
    }


def _texts(given: object) -> Sequence[str]:
    return [str(one) for one in given] if isinstance(given, list) else []


def _done(done: bool) -> None:
    click.echo("done" if done else "there is nothing of this kind with that id")
    sys.exit(0 if done else DENIED)
