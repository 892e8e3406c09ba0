"""`kept gate`: what a policy allows, and why.

Rules: reads policy files only, no project and no database; several files are versions, the oldest
first; ends with 0 where it is allowed, 1 where it is denied, 2 where it could not be asked.
"""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from kept import gate, policy
from kept._kit.errors import KeptError, code

UNREADABLE = code("G010", "The policy file has errors", do="run `kept policy check FILE`")
UNKNOWN = code("G011", "No version declares this purpose", do="name a purpose of the policy")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Ask the gate what a policy allows, and why."""


@command.command()
@click.argument("policies", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--operation", type=click.Choice(gate.OPERATIONS), default=gate.USE, show_default=True
)
@click.option("--category", required=True, help="What, such as `contact.email`.")
@click.option("--for", "purpose", required=True, help="For which purpose.")
@click.option("--collected-by", help="The collection point that it came in by.")
@click.option("--to", "recipient", help="Who gets it, for `share`.")
@click.option("--occasion", help="What happened, such as `legal process`.")
@click.option("--base", type=int, help="Number of the version it stands under, from 0; the last.")
@click.option("--consented", multiple=True, metavar="PURPOSE", help="The person consented to it.")
@click.option("--objected", multiple=True, metavar="PURPOSE", help="The person objected to it.")
@click.option("--restricted", is_flag=True, help="Processing is restricted.")
@click.option("--ceased", is_flag=True, help="The person stopped all processing.")
@click.option("--age", type=int, help="The person's age, where it is known.")
@click.option("--signal", multiple=True, help="A signal of the browser: `do-not-track`, ….")
@click.option("--place", help="Where it would go, such as `US-CA`.")
@click.option("--met", multiple=True, help="A recipient's condition that is established.")
@click.option("--own", is_flag=True, help="The acting person is the subject of the data.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(  # noqa: PLR0917 - one parameter per option, as click hands them over
    policies: tuple[Path, ...],
    operation: str,
    category: str,
    purpose: str,
    collected_by: str | None,
    recipient: str | None,
    occasion: str | None,
    base: int | None,
    consented: tuple[str, ...],
    objected: tuple[str, ...],
    restricted: bool,
    ceased: bool,
    age: int | None,
    signal: tuple[str, ...],
    place: str | None,
    met: tuple[str, ...],
    own: bool,
    as_json: bool,
) -> None:
    """Say whether POLICIES (versions, the oldest first) allow it, with the rules that decide."""
    compiled = _compile(policies)
    decision = compiled.decide(
        gate.Request(operation, category, purpose, collected_by, recipient, occasion),
        gate.Facts(
            base=compiled.versions[-1] if base is None else base,
            consented=_mask(compiled, consented),
            objected=_mask(compiled, objected),
            restricted=restricted,
            ceased=ceased,
            age=age,
            signals=frozenset(signal),
            place=place,
            met=frozenset(met),
            own=own,
        ),
    )
    if as_json:
        click.echo(json.dumps(_as_json(decision), indent=2))
    else:
        _show(decision)
    sys.exit(0 if decision.allowed else 1)


def _compile(paths: tuple[Path, ...]) -> gate.Gate:
    versions = [(ordinal, _read(path)) for ordinal, path in enumerate(paths)]
    purposes = dict.fromkeys(id for _, one in versions for id in one.purposes)
    return gate.compile(versions, {id: bit for bit, id in enumerate(purposes)})


def _read(path: Path) -> policy.Policy:
    loaded = policy.load(path)
    if loaded.policy is None:
        first = next(str(one) for one in loaded.problems if one.severity == "error")
        raise KeptError(UNREADABLE, first, place=str(path))
    return loaded.policy


def _mask(compiled: gate.Gate, purposes: tuple[str, ...]) -> int:
    try:
        return compiled.mask(purposes)
    except KeyError as error:
        raise KeptError(UNKNOWN, f"unknown purpose `{error.args[0]}`") from error


def _as_json(decision: gate.Decision) -> dict[str, object]:
    asked = decision.request
    return {
        "allowed": decision.allowed,
        "request": {
            "operation": asked.operation,
            "category": asked.category,
            "purpose": asked.purpose,
            "collection": asked.collection,
            "recipient": asked.recipient,
            "occasion": asked.occasion,
        },
        "rules": [
            {"rule": hit.rule, "allows": hit.allows, "clause": hit.clause, "says": hit.says}
            for hit in decision.rules
        ],
        "missing": list(decision.missing),
    }


def _show(decision: gate.Decision) -> None:
    console = Console(highlight=False, soft_wrap=True)
    first, *rest = decision.explain().splitlines()
    console.print(Text(first, style="bold green" if decision.allowed else "bold red"))
    for line in rest:
        console.print(Text(line))
