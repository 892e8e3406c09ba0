"""Making a backup: of the data, and apart from it of the key store.

Rules: the databases first and the files after them, so that a row's file is there (a file stands on
disk before its row), and the keys after the data (a key stands on disk before what it seals);
verified after writing, recorded in the ledger, only then are older ones whose
keep is over deleted. Data backups live for `[backups] keep`, key backups for `[erasure] residue`
and no longer than data ones.
"""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from kept import gate, ledger
from kept._kit import clock
from kept.conf import settings
from kept.policy import Period
from kept.vault.backups import databases, files, keys, manifest, places
from kept.vault.backups.manifest import Manifest, Part, Told
from kept.vault.identifiers import KINDS
from kept.vault.keystore import journal, keystore


@dataclass(frozen=True, slots=True)
class Made:
    """A verified backup."""

    folder: Path
    digest: str
    """Of its manifest, as the ledger has it."""
    parts: int
    size: int
    rows: int
    deleted: int
    """Older backups whose keep was over."""


def quiet(_done: int, _total: int) -> None:
    """No progress wanted."""


def data(root: Path | None = None, *, told: Told = quiet) -> Made:
    """Back up the data into a new folder of `root`. Raises `KeptError` V030 to V033, V037."""
    configured = settings()
    root = root or configured.backups
    places.require_apart(root, configured.key_backups)
    keep = gate.in_force().in_force[1].backups.keep
    with places.alone(root), places.draft(root, "data") as folder:
        position, days = journal.extent(keystore().database)
        rows, parts = _databases(folder, told)
        parts += _files(folder, told)
        made = _manifest("data", parts, rows, position, days)
        return _finished(folder, made, told, keep)


def key_store(root: Path | None = None, *, told: Told = quiet) -> Made:
    """Back up the key store into a new folder of `root`. Raises as `data`."""
    configured = settings()
    root = root or configured.key_backups
    places.require_apart(configured.backups, root)
    policy = gate.in_force().in_force[1]
    keep = min(policy.erasure.residue, policy.backups.keep, key=lambda one: one.rough_days)
    with places.alone(root), places.draft(root, "keys") as folder:
        position, days = journal.extent(keystore().database)
        manifest.prepare_seal()
        keystore().suppressions.prepare(KINDS)
        rows = keys.copy(keystore(), folder / keys.NAME, told)
        parts = [manifest.part(folder, folder / keys.NAME, "sqlite", "keys")]
        made = _manifest("keys", parts, rows, position, days)
        return _finished(folder, made, told, keep)


def _databases(folder: Path, told: Told) -> tuple[dict[str, int], list[Part]]:
    rows: dict[str, int] = {}
    parts: list[Part] = []
    for source in databases.sources():
        if source.of == databases.LEDGER:
            ledger.status()  # makes the ledger where there is none yet
        path = folder / source.name
        counted = databases.copy(source, path, told)
        rows |= {f"{source.of}.{table}": count for table, count in counted.items()}
        parts.append(manifest.part(folder, path, "sqlite" if source.file else "dump", source.of))
    return rows, parts


def _files(folder: Path, told: Told) -> list[Part]:
    taken = [source.file for source in databases.sources() if source.file is not None]
    listed, root = list(files.found(taken)), settings().data.resolve()
    parts = []
    for done, path in enumerate(listed, 1):
        name = path.relative_to(root)
        into = folder / "files" / name
        if files.copy(path, into):
            kind = "sqlite" if path.name.endswith(files.DATABASE) else "file"
            parts.append(manifest.part(folder, into, kind, f"data:{name}"))
        told(done, len(listed))
    return parts


def _manifest(
    kind: str, parts: list[Part], rows: dict[str, int], position: int, days: tuple[str, str]
) -> Manifest:
    return Manifest(
        kind="data" if kind == "data" else "keys",
        made=clock.now().isoformat(),
        parts=tuple(parts),
        rows=rows,
        checkpoint=ledger.status().checkpoint,
        policy=gate.in_force().in_force[0],
        position=position,
        days=days,
        master=keystore().master()[0],
        release=version("kept"),
    )


@ledger.flow(ledger.BackedUp, own_transactions=True)
def _finished(folder: Path, made: Manifest, told: Told, keep: Period) -> Made:
    digest = manifest.write(folder, made)
    manifest.require_whole(folder, manifest.read(folder)[0], told)
    named = places.finish(folder)
    ledger.record_now(ledger.BackedUp(store=made.kind, digest=digest), None)
    return Made(
        folder=named,
        digest=digest,
        parts=len(made.parts),
        size=sum(one.size for one in made.parts),
        rows=sum(made.rows.values()),
        deleted=places.prune(named.parent, made.kind, keep),
    )
