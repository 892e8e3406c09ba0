"""`kept audit`: hold a running site to a policy, with a real browser.

Rules: exit code 0 where nothing was found, 1 with findings, 2 where it could not be checked
(whole); a state of choice that could not be reached is said, never passed.
"""

import json
import sys
from pathlib import Path

import click

from kept import audit as room


@click.command()
@click.argument("url")
@click.option(
    "--policy",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The policy file that the site is held to.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write audit.html (with pictures) and inspection.json into this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print inspection.json instead of a table.")
@click.option(
    "--max-pages",
    default=20,
    show_default=True,
    type=click.IntRange(1, 500),
    help="Different pages to open; each is opened again in every state.",
)
@click.option(
    "--max-seconds",
    default=600.0,
    show_default=True,
    type=click.FloatRange(5, 86_400),
    help="Seconds after which no further page is opened.",
)
def command(
    url: str, *, policy: Path, out: Path | None, as_json: bool, max_pages: int, max_seconds: float
) -> None:
    """Hold the site at URL to a policy, with a real browser.

    Goes through the site before any choice about cookies, after accepting, refusing and taking
    consent back, and with the privacy signals that the policy honours; compares cookies, storage,
    requests, beacons and forms with the policy. Follows links of the site itself, sends no form,
    and touches no control but those of a consent banner.

    Exit code: 0 nothing found, 1 findings, 2 could not be checked.
    """
    audited = room.audit(url, policy, room.Limits(pages=max_pages, seconds=max_seconds))
    written = room.reporters.write(audited, out) if out else ()
    if as_json:
        click.echo(json.dumps(room.reporters.inspection(audited), indent=2, ensure_ascii=False))
    else:
        from rich.console import Console

        console = Console()
        console.print(room.reporters.table(audited))
        for path in written:
            console.print(f"Written: {path}", soft_wrap=True)
    sys.exit(audited.exit_code)
