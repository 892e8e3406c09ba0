"""One moment of a database, copied while it is used: SQLite's backup API, pg_dump.

Rules: a copy shows one committed moment, whoever writes meanwhile; its rows are counted in that
same moment; of a server only the one schema comes along, so that the ledger's and the key store's
never do; a copy is checked (integrity, table of contents) before it counts. Nothing here opens an
SQLite file beside SQLite itself, which would drop its locks.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.vault.backups import programs
from kept.vault.backups.errors import FAILED, NOT_WHOLE
from kept.vault.backups.manifest import Told

LEDGER, LEDGER_FILE = "ledger", "ledger.sqlite3"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_PAGES = 4096
_LIBPQ = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
_OPTIONS = ("service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey")


@dataclass(frozen=True, slots=True)
class Source:
    """A database that is backed up: a file, or an address and which schemas."""

    of: str
    file: Path | None = None
    address: programs.Address | None = None
    schema: str = "public"

    @property
    def name(self) -> str:
        """Of its copy."""
        stem = self.of.replace("database:", "database-")
        return f"{stem}.sqlite3" if self.file else f"{stem}.dump"


def sources() -> list[Source]:
    """Django's databases, then the ledger's: what they recorded stands in it, never the reverse."""
    return [*(_of_django(alias) for alias in connections), ledger_source()]


def ledger_source() -> Source:
    """The ledger's own database."""
    place = settings().ledger
    if "://" in place:
        return Source(LEDGER, address=programs.address_of(place), schema="kept_ledger")
    return Source(LEDGER, file=Path(place) / LEDGER_FILE)


def _of_django(alias: str) -> Source:
    connection = connections[alias]
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        file = Path(str(given["NAME"]))
        if not file.is_absolute():
            raise KeptError(FAILED, f"database `{alias}` has no file of its own")
        return Source(f"database:{alias}", file=file)
    if connection.vendor != "postgresql":
        raise KeptError(FAILED, f"database `{alias}` is neither SQLite nor PostgreSQL")
    words = {ours: str(given[key]) for key, ours in _LIBPQ.items() if given.get(key)}
    words |= {key: str(given["OPTIONS"][key]) for key in _OPTIONS if key in given["OPTIONS"]}
    return Source(f"database:{alias}", address=words)


def copy(source: Source, into: Path, told: Told) -> dict[str, int]:
    """Copy one moment of `source`; how many rows each of its tables had."""
    if source.file is not None:
        copy_file(source.file, into, told)
        check_file(into)
        return count_file(into)
    with _moment(source) as (snapshot, rows):
        words = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"]
        words += [f"--schema={source.schema}", f"--file={into}"]
        programs.run("pg_dump", source.address, words)
    programs.run("pg_restore", None, ["--list", str(into)])
    return rows


def copy_file(file: Path, into: Path, told: Told) -> None:
    """One moment of an SQLite file, under a read transaction that keeps that moment."""
    try:
        with (
            closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(into)) as target,
        ):
            source.isolation_level = None
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(
                target, pages=_PAGES, progress=lambda _, left, total: told(total - left, total)
            )
            source.execute("ROLLBACK")
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise KeptError(FAILED, f"SQLite says: {error}", place=str(file)) from error


def check_file(file: Path) -> None:
    """Raise `KeptError` V033 where SQLite finds the file damaged."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as copied:
            found = copied.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.Error as error:
        raise KeptError(NOT_WHOLE, f"SQLite says: {error}", place=str(file)) from error
    if found != [("ok",)]:
        raise KeptError(NOT_WHOLE, f"SQLite says: {found[0][0]}", place=str(file))


def count_file(file: Path) -> dict[str, int]:
    """Rows of each table."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as copied:
        names = [row[0] for row in copied.execute(_TABLES)]
        return {
            name: copied.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own tables
            for name in names
        }


@contextmanager
def _moment(source: Source) -> Iterator[tuple[str, dict[str, int]]]:
    """A snapshot that pg_dump can take part in, and the rows of each table in it."""
    import psycopg

    with psycopg.connect(**words(source)) as open_:
        open_.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = open_.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield snapshot, count_server(open_, source.schema)


def count_server(open_: Any, schema: str) -> dict[str, int]:
    """Rows of each table of a schema, in the open transaction."""
    from psycopg import sql

    tables = open_.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = %s AND table_type = 'BASE TABLE'",
        (schema,),
    ).fetchall()
    counted = {}
    for (name,) in tables:
        statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name))
        counted[name] = open_.execute(statement).fetchone()[0]
    return counted


def words(source: Source) -> dict[str, Any]:
    """What a connection to its server is opened with."""
    return dict(source.address or {})
