"""The SQLite file that rows are moved out of: read in one moment, left as it is.

Rules: while it is read nobody writes to it (SQLite's write lock is held, nothing is written under
it); what cannot be moved is found before anything is made elsewhere.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from kept._kit.errors import KeptError
from kept.vault.rehousing.errors import NOT_SQLITE, UNREADY

MIGRATIONS = "django_migrations"
"""Not moved: the new database has its own account of what was done in it."""
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
)
_USED = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
_SIDES = ("", "-wal", "-shm", "-journal")
_PATIENCE = 5.0


def file() -> Path:
    """Where the site's rows are. Raises `KeptError` V050, and V053 where migrations wait."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        raise KeptError(NOT_SQLITE, f"they are in {connection.vendor} already")
    path = Path(str(connection.settings_dict["NAME"]))
    if not path.is_file():
        raise KeptError(NOT_SQLITE, "there is no such file", place=str(path))
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connections.close_all()
    if waiting:
        raise KeptError(
            UNREADY, f"{len(waiting)} migrations wait in it", place=str(path),
            do="run `python manage.py migrate` first",
        )  # fmt: skip
    return path.resolve()


def files(path: Path) -> tuple[Path, ...]:
    """The file, and what SQLite has put beside it."""
    beside = (path.with_name(path.name + side) for side in _SIDES)
    return tuple(one for one in beside if one.exists())


class Origin:
    """The open file, in one moment."""

    def __init__(self, open_: sqlite3.Connection) -> None:
        self._open = open_

    def rows(self) -> Mapping[str, int]:
        """How many rows each table has."""
        names = [name for (name,) in self._open.execute(_TABLES) if name != MIGRATIONS]
        count = "SELECT count(*) FROM {}"
        return {one: self._open.execute(count.format(quoted(one))).fetchone()[0] for one in names}

    def columns(self, table: str) -> set[str]:
        """Their names; none that SQLite computes."""
        return {row[1] for row in self._open.execute(f"PRAGMA table_info({quoted(table)})")}

    def read(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Every row of a table."""
        names = ", ".join(map(quoted, columns))
        yield from self._open.execute(f"SELECT {names} FROM {quoted(table)}")  # noqa: S608 - quoted names of its own

    def used(self) -> Mapping[str, int]:
        """The highest number that each table's rows ever had, also of rows that are gone."""
        if not self._open.execute(_USED).fetchone():
            return {}
        return dict(self._open.execute("SELECT name, seq FROM sqlite_sequence"))

    def require_whole(self) -> None:
        """Raise `KeptError` V053 where rows name others that are not there."""
        broken = sorted({row[0] for row in self._open.execute("PRAGMA foreign_key_check")})
        if broken:
            raise KeptError(
                UNREADY, f"rows of `{', '.join(broken)}` refer to rows that are not there"
            )


@contextmanager
def opened(path: Path) -> Iterator[Origin]:
    """The file, while nobody else writes to it. Raises `KeptError` V053."""
    try:
        uri = f"{path.as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None)
        ) as open_:
            open_.execute("BEGIN IMMEDIATE")
            yield Origin(open_)
            open_.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise KeptError(UNREADY, f"SQLite says: {error}", place=str(path)) from error


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
