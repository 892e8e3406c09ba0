"""Putting the parts of a backup where they belong. Everything here may be done again.

Rules: a file is whole under another name before it takes its place; a server's tables are replaced
in one transaction; the ledger is never rolled back: a copy of it is used only where it has none.
"""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.db import connections

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.vault.backups import databases, files, manifest, places, programs
from kept.vault.backups.databases import Source
from kept.vault.backups.errors import FAILED, NOT_WHOLE
from kept.vault.backups.manifest import Manifest, Part, Told

_EMPTY = """
CREATE SCHEMA IF NOT EXISTS {schema};
DO $kept$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' LOOP
    EXECUTE format('DROP TABLE {schema}.%I CASCADE', one.tablename);
  END LOOP;
END $kept$;
"""
_SIDES = ("-wal", "-shm", "-journal")


def place(folder: Path, made: Manifest, told: Told) -> None:
    """Databases, ledger (where there is none), files."""
    wanted = {source.of: source for source in databases.sources()}
    stand_in(made.parts, wanted.values())
    for done, part in enumerate(made.parts, 1):
        path = folder / part.path
        if part.of.startswith("data:"):
            _file(path, part)
        elif part.of != databases.LEDGER or ledger_is_lost():
            database(path, wanted[part.of])
        told(done, len(made.parts))


def stand_in(parts: Iterable[Part], wanted: Iterable[Source]) -> None:
    """Raise `KeptError` V031 unless each database has a part, of its own engine."""
    have = {part.of: part for part in parts if not part.of.startswith("data:")}
    for source in wanted:
        part = have.pop(source.of, None)
        if part is None or (part.kind == "sqlite") != (source.file is not None):
            raise KeptError(FAILED, f"the backup has no `{source.of}` of this site's engine")
    if have:
        raise KeptError(FAILED, f"this site has no `{', '.join(sorted(have))}`")


def database(path: Path, source: Source) -> None:
    """Replace one database by its copy."""
    connections.close_all()
    if source.file is not None:
        _replace(path, source.file)
        return
    script = settings().data / "restore.sql.restoring"
    try:
        script.touch(mode=0o600)
        words = ["--no-owner", "--no-acl", f"--schema={source.schema}", f"--file={script}"]
        programs.run("pg_restore", None, [*words, str(path)])
        words = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        words += [f"--command={_EMPTY.format(schema=source.schema)}", f"--file={script}"]
        programs.run("psql", source.address, words)
    finally:
        script.unlink(missing_ok=True)


def ledger_is_lost() -> bool:
    """True where the ledger's database is not there or holds no batch."""
    source = databases.ledger_source()
    if source.file is not None:
        return not source.file.exists() or not _has_batch(source.file)
    import psycopg

    with psycopg.connect(**databases.words(source)) as open_:
        found = open_.execute("SELECT to_regclass('kept_ledger.batch')").fetchone()
        if found == (None,):
            return True
        return open_.execute("SELECT 1 FROM kept_ledger.batch LIMIT 1").fetchone() is None


def _has_batch(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as open_:
            return open_.execute("SELECT 1 FROM batch LIMIT 1").fetchone() is not None
    except sqlite3.OperationalError:
        return False


def _file(path: Path, part: Part) -> None:
    root = settings().data.resolve()
    target = (root / part.of.removeprefix("data:")).resolve()
    if root not in target.parents:
        raise KeptError(NOT_WHOLE, f"`{part.of}` lies outside the data")
    database = target.name.endswith(files.DATABASE)  # its own digest is not to be read beside it
    if database or not target.is_file() or manifest.digest_of(target) != part.digest:
        _replace(path, target)


def _replace(path: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(path, draft)
    draft.chmod(0o600)
    places.sync(draft)
    for side in _SIDES:  # what a log of the old file holds must never be played into the new one
        target.with_name(target.name + side).unlink(missing_ok=True)
    draft.replace(target)
    places.sync(target.parent)
