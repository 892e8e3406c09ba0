"""`kept vault journal …`: the survival journal in a file of its own, off this host."""

from pathlib import Path

import click

from kept.cli import _project


@click.group()
def journal() -> None:
    """What must hold after a restore, in a file kept elsewhere; no address or key is in it."""


@journal.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path) -> None:
    """Write the journal to FILE, whole, sealed with the site's key."""
    _project.setup()
    from kept.vault import backups

    click.echo(f"{backups.write_journal(file.resolve())} lines")


@journal.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def import_(file: Path) -> None:
    """Bring what FILE says into this site: people erased since are erased again.

    Adds what is not known here and lifts nothing; may be run again. For after the loss of the key
    store, once a backup of the keys is back; `kept restore` does it by itself where
    `KEPT["JOURNAL"]` names the file.
    """
    _project.setup()
    from kept.keepers.consent import flows
    from kept.vault import backups

    done = backups.take_journal(file.resolve())
    rows = backups.reconcile(flows.withdraw)
    click.echo(
        f"{done.destroyed} people's keys destroyed, {rows} rows purged, {done.denials} denials, "
        f"{done.holds} holds, {done.mergers} mergers, {done.suppressions} suppressions"
    )
    if done.unusable:
        click.echo(f"{done.unusable} suppressions are lost with the key that they had")
