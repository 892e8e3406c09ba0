"""The audit as a table in the terminal."""

from collections import Counter

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kept.audit.audited import Audited
from kept.audit.evidence import Seen

_VERDICTS = {
    "nothing found": ("Nothing found", "bold green"),
    "findings": ("{count} found", "bold red"),
    "not checked": ("Could not be checked whole", "bold yellow"),
}


def table(audited: Audited) -> RenderableType:
    """What was looked at, what is wrong, and the verdict: for rich to print."""
    words, style = _VERDICTS[audited.verdict]
    count = len(audited.findings)
    outcomes = Counter(one.outcome for one in audited.promises)
    tally = ", ".join(f"{outcomes[one]} {one}" for one in ("agrees", "differs", "not seen"))
    verdict = Text(words.format(count=f"{count} thing" if count == 1 else f"{count} things"), style)
    verdict.append(f" (clauses that show in a browser: {tally})", "not bold dim")
    parts: list[RenderableType] = [_states(audited)]
    if audited.findings:
        parts.append(_findings(audited))
    return Group(*(Padding(one, (0, 0, 1, 0)) for one in parts), verdict)


def _states(audited: Audited) -> Table:
    grid = Table(title=audited.evidence.landed, title_justify="left", box=None, pad_edge=False)
    for name in ("state", "pages", "requests", "cookies", ""):
        grid.add_column(
            name, justify="right" if name in ("pages", "requests", "cookies") else "left"
        )
    for one in audited.evidence.states.values():
        grid.add_row(one.state, *_figures(one), _reached(one))
    return grid


def _figures(one: Seen) -> tuple[str, str, str]:
    if one.reached in ("not needed", "not reachable"):
        return ("-", "-", "-")
    return (
        str(len({page.url for page in one.pages})),
        str(len(one.exchanges)),
        str(len({cookie.name for cookie in (*one.cookies, *one.jar)})),
    )


def _reached(one: Seen) -> Text:
    if one.reached == "yes":
        return Text(one.why, "dim")
    style = "dim" if one.reached == "not needed" else "yellow"
    return Text(f"{one.reached}: {one.why}", style)


def _findings(audited: Audited) -> Table:
    found = Table(title="Against the policy", title_justify="left", show_lines=True)
    found.add_column("clause", style="cyan", overflow="fold")
    found.add_column("what", overflow="fold")
    found.add_column("seen", style="dim", overflow="fold")
    for one in audited.findings:
        found.add_row(one.clause, f"{one.title}\n{one.says}", ", ".join(one.states))
    return found
