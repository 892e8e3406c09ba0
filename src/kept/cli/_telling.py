"""What `kept serve` says to people. Silent about what is as it should be."""

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_console = Console(soft_wrap=True, highlight=False)


def tell(what: str, facts: Mapping[str, Any]) -> None:
    """Say that `what` happened; an event that nobody needs to hear of is not said."""
    say = _WORDS.get(what)
    if say is not None:
        say(facts)


def _ready(facts: Mapping[str, Any]) -> None:
    _console.print(
        f"\n[bold]Kept[/bold] runs the policy [bold]{facts['policy']}[/bold]"
        f" (ready in {facts['seconds']} s). Stop with Ctrl-C.\n"
    )
    table = Table.grid(padding=(0, 2))
    for label, key in (
        ("Site", "site"),
        ("Privacy page", "privacy"),
        ("Console", "console"),
        ("Local mailbox", "mailbox"),
    ):
        if facts[key]:
            table.add_row(f"  {label}", Text(facts[key], style="cyan"))
    if facts["operator"]:
        name, password = facts["operator"]
        table.add_row("  Sign in as", Text(name, style="bold"))
        table.add_row("  One-time password", Text(password, style="bold yellow"))
    _console.print(table)
    if facts["operator"]:
        _console.print("\n  The password is shown this once; signing in asks for a new one.")


def _silent(facts: Mapping[str, Any]) -> None:
    _console.print(f"[red]The site has not answered for {facts['seconds']} s.[/red]")


def _died(facts: Mapping[str, Any]) -> None:
    _console.print(
        f"[yellow]The part `{facts['name']}` died ({facts['how']});"
        f" started again in {facts['after']:g} s[/yellow]"
    )


def _killed(facts: Mapping[str, Any]) -> None:
    _console.print(
        f"[yellow]The part `{facts['name']}` did not end in time and was killed[/yellow]"
    )


def _stopped(facts: Mapping[str, Any]) -> None:
    _console.print("Stopped.")


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    "ready": _ready,
    "silent": _silent,
    "died": _died,
    "killed": _killed,
    "stopped": _stopped,
}
