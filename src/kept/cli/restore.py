"""`kept restore`: put a backup in place, and let nobody come back who was erased since.

Rules: the site must not be running; the copy is verified before anything is changed; what happened
since (erasures, withdrawals, objections) is done again before anything may be served.
"""

import json
import os
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kept._kit import progress
from kept.cli import _project

if TYPE_CHECKING:
    from kept.keepers.rights.restored import Reconciled
    from kept.vault.backups import Report

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TOLD = 1
"""Exit code where the restore is done, but something could not be known."""


@click.command()
@click.argument("folder", required=False, type=_FOLDER)
@click.option("--keys", type=_FOLDER, help="A backup of the key store, where that was lost.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(folder: Path | None, keys: Path | None, as_json: bool) -> None:
    """Restore the data's backup in FOLDER (and keys), reconciled with what happened since.

    May be interrupted anywhere: run it again with the same words. Exit code 0: done; 1: done, and
    optional purposes are denied because the journal has a gap; 2: refused.
    """
    if folder is None and keys is None:
        raise click.UsageError("name the folder of a backup, or `--keys` and one of keys")
    from kept.cli.serve import only_one

    lock = only_one(_project.find().folder)
    _project.setup()
    from kept import vault
    from kept.keepers.consent import flows
    from kept.keepers.retention import sweeping
    from kept.keepers.rights import restored
    from kept.vault import backups

    with progress.bar("restoring", hidden=as_json) as told:
        report = backups.restore(
            folder and folder.resolve(),
            keys and keys.resolve(),
            prepare=_prepare,
            withdraw=flows.withdraw,
            retain=(sweeping.sweep, vault.sweep_files),
            told=told,
        )
    made = date.fromisoformat(report.made[:10]) if report.made else None
    requests = restored.Reconciled() if made is None else restored.reconcile(made)
    os.close(lock)
    if as_json:
        click.echo(json.dumps({**asdict(report), "requests": asdict(requests)}))
    else:
        click.echo("\n".join([_words(report), *_of_requests(requests)]))
    sys.exit(TOLD if report.optional_denied or report.unread else 0)


def _prepare() -> None:
    """Tables and policy of the release and the file that are there now."""
    from kept import promises
    from kept.cli import _prepare as preparing

    preparing.migrate()
    promises.adopt()


def _of_requests(told: "Reconciled") -> list[str]:
    facts = [
        (told.ended, f"{told.ended} requests that ended since the backup stay over."),
        (
            told.taken_up,
            f"{told.taken_up} requests that were proven since the backup are taken up again.",
        ),
        (
            told.lost,
            f"{told.lost} requests are lost: name the site's `url` in [policy], restore again.",
        ),
    ]
    return [text for said, text in facts if said]


def _words(report: "Report") -> str:
    lines = [
        f"Restored the data of {report.made[:19]} UTC." if report.made else "Restored the keys."
    ]
    facts: list[tuple[Any, str]] = [
        (True, f"{report.people} people are in the data; {report.keys} keys came back."),
        (
            report.erased_again,
            f"{report.erased_again} people who were erased since the backup stay erased: "
            f"{report.rows_purged} rows were purged again.",
        ),
        (
            report.denied_again,
            f"{report.denied_again} withdrawals, objections or restrictions were set again.",
        ),
        (
            report.merged_again,
            f"{report.merged_again} people who had come back as two are one again.",
        ),
        (
            report.holds,
            f"{report.holds} holds were placed again or ended.",
        ),
        (
            report.suppressions_lost,
            f"{report.suppressions_lost} suppressions are lost with the key that they had: whoever "
            "asked not to be written to has to ask again.",
        ),
        (
            report.corrections_reverted,
            f"Up to {report.corrections_reverted} corrections made since are reverted.",
        ),
        (
            report.events_lost,
            f"{report.events_lost} recorded events came after the backup; their data is gone.",
        ),
        (
            report.optional_denied,
            "The journal of what happened since is not complete: every optional purpose is denied "
            f"for {report.optional_denied} people until they choose again.",
        ),
        (
            report.unread,
            f"The data that was there before could not be asked: {report.unread}",
        ),
    ]
    return "\n".join([*lines, *(text for said, text in facts if said)])
