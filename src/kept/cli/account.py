"""`kept account`: list, create, reset, shut: staff's accounts, also when an authenticator is lost.

Rules: passwords made here are shown once and open nothing but the page that replaces them; taking
something away from an account takes another member of staff, if there is one with an authenticator.
"""

import json
from typing import Any

import click

from kept.cli import _project

_WHY = click.Choice(["lost", "compromised", "left", "other"])


_ROLES = click.Choice(["operator", "officer", "auditor"])


@click.group()
def command() -> None:
    """Staff: who there is, new ones, and help for who lost password and authenticator."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(as_json: bool) -> None:
    """Every member of staff, and whether their second factor is set up."""
    _project.setup()
    from dataclasses import asdict

    from kept.keepers.accounts import staff

    found = staff.members()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        told = f" ({one.display})" if one.display else ""
        click.echo(f"{one.name}{told}, {one.role}: {_state(one)}")


@command.command()
@click.argument("name")
@click.option("--display", default="", help="A role that others see, such as `Printing`.")
@click.option("--role", type=_ROLES, default="operator", show_default=True, help="What for.")
def create(name: str, display: str, role: str) -> None:
    """Make a member of staff called NAME (not a person's name), with a one-time password."""
    _project.setup()
    from kept.keepers.accounts import staff

    _tell(name, staff.create(name, display, role))


@command.command()
@click.argument("name")
@click.option("--why", type=_WHY, default="lost", show_default=True, help="Goes on record.")
@click.option("--by", default="", help="Another member of staff, who agrees with a code.")
@click.option("--code", default="", help="What their authenticator shows; asked for if left out.")
def reset(name: str, why: Any, by: str, code: str) -> None:
    """Take password and second factor away from NAME: a one-time password replaces both."""
    _project.setup()
    from kept.keepers.accounts import staff

    _tell(name, staff.reset(name, why, by=by, code=_code(name, by, code)))
    click.echo("Every session of the account is over. It is on record.")


@command.command()
@click.argument("name")
@click.option("--why", type=_WHY, default="left", show_default=True, help="Goes on record.")
@click.option("--by", default="", help="Another member of staff, who agrees with a code.")
@click.option("--code", default="", help="What their authenticator shows; asked for if left out.")
def shut(name: str, why: Any, by: str, code: str) -> None:
    """Let nobody sign in to NAME any more. What NAME did stays on record."""
    _project.setup()
    from kept.keepers.accounts import staff

    staff.shut(name, why, by=by, code=_code(name, by, code))
    click.echo(f"{name} is shut, and every session of it is over. It is on record.")


def _code(name: str, by: str, code: str) -> str:
    """The code of who agrees; asked for without an echo where somebody has to."""
    from kept.keepers.accounts import staff

    if code or by not in staff.approvers(name):
        return code
    asked: str = click.prompt(f"Code of {by}", hide_input=True, err=True)
    return asked


def _tell(name: str, password: str) -> None:
    click.echo(f"user name          {name}")
    click.echo(f"one-time password  {password}")
    click.echo("It is shown once. Signing in with it asks for a password of one's own.")


def _state(one: Any) -> str:
    if not one.active:
        return "shut"
    password = "one-time password not replaced yet" if one.one_time else "own password"
    factor = (
        f"second factor, {one.codes} recovery codes left" if one.enrolled else "no second factor"
    )
    return f"{password}; {factor}"
