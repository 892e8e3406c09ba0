"""The PostgreSQL database that rows are moved into.

Rules: it is empty at first; its tables are made by the project's own migrations; rows come in one
transaction, in which they are compared before it is committed. What PostgreSQL says about a row may
name a person, so it is never repeated: only where and of what kind a mistake is.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.utils import load_backend

from kept._kit.errors import KeptError
from kept.vault.rehousing import kinds
from kept.vault.rehousing.errors import NOT_EMPTY, NOT_MOVED, UNREADY, UNUSABLE
from kept.vault.rehousing.kinds import Digest
from kept.vault.rehousing.origin import MIGRATIONS, Origin

Step = Callable[[], None]
"""Told of each row."""
Column = tuple[str, str, int | None]
_ENGINE = "django.db.backends.postgresql"
_OURS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
    " AND relnamespace = current_schema()::regnamespace"
)
_COLUMNS = (
    "SELECT column_name, data_type, numeric_scale FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'"
    " ORDER BY ordinal_position"
)
_BATCH = 2_000
_SEQUENCE = "SELECT pg_get_serial_sequence(%s, %s)"


@contextmanager
def as_default(address: str) -> Iterator["Target"]:
    """The database at `address`; while the block runs it is Django's default one.

    So what a project's migrations and routers do by that name is done there. Raises `KeptError`
    V051 where it is not empty, V052 where it cannot be used.
    """
    before = connections[DEFAULT_DB_ALIAS]
    wrapper = _wrapper(address, dict(before.settings_dict))
    connections[DEFAULT_DB_ALIAS] = wrapper
    try:
        yield Target(wrapper)
    finally:
        wrapper.close()
        connections[DEFAULT_DB_ALIAS] = before


def _wrapper(address: str, given: dict[str, Any]) -> Any:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        words: dict[str, Any] = dict(conninfo_to_dict(address))
    except psycopg.Error:  # what it says repeats the address, and with it a password
        raise KeptError(UNUSABLE, "its address cannot be read") from None
    known = {theirs: str(words.pop(ours, "") or "") for ours, theirs in _OURS.items()}
    given |= {**known, "ENGINE": _ENGINE, "OPTIONS": words, "CONN_MAX_AGE": 0}
    try:
        wrapper = load_backend(_ENGINE).DatabaseWrapper(given, DEFAULT_DB_ALIAS)
        wrapper.ensure_connection()
    except (DatabaseError, ImproperlyConfigured) as error:
        raise KeptError(UNUSABLE, str(error).strip().partition("\n")[0]) from None
    return wrapper


class Target:
    """The open database."""

    def __init__(self, wrapper: Any) -> None:
        self._wrapper = wrapper

    @property
    def _raw(self) -> Any:
        """The driver's own connection: `COPY` and cursors that stream are its."""
        return self._wrapper.connection

    def require_empty(self) -> None:
        """Raise `KeptError` V051 or V052."""
        (encoding,) = self._raw.execute("SHOW server_encoding").fetchone()
        if encoding != "UTF8":
            raise KeptError(
                UNUSABLE, f"its encoding is {encoding}", do="make it with `--encoding UTF8`"
            )
        found = self._tables()
        if found:
            raise KeptError(NOT_EMPTY, f"it has {len(found)} tables, one of them `{min(found)}`")

    def make_tables(self) -> None:
        """As the project's migrations make them. Raises `KeptError` V052."""
        try:
            call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        except (DatabaseError, CommandError) as error:
            text = str(error).strip().partition("\n")[0]
            raise KeptError(UNUSABLE, f"its tables could not be made: {text}") from error

    def empty(self, rows: Mapping[str, int]) -> list[str]:
        """Remove what migrations put there; the tables that rows are to come into.

        Raises `KeptError` V053 where a table that has rows is not among them.
        """
        from psycopg import sql

        ours = sorted(self._tables() - {MIGRATIONS})
        unknown = sorted(one for one, count in rows.items() if count and one not in ours)
        if unknown:
            raise KeptError(
                UNREADY, f"`{', '.join(unknown)}` belong to no installed app and have rows",
                do="drop them, or install what they belong to; then make the new database anew",
            )  # fmt: skip
        self._raw.execute(sql.SQL("TRUNCATE {}").format(_listed(ours)))
        return [one for one in ours if one in rows]

    def take(self, origin: Origin, table: str, step: Step) -> Digest:
        """Copy a table's rows; what came is told by their digest. Raises `KeptError` V053, V054."""
        from psycopg import Error, sql

        columns = self._columns(table)
        names = [name for name, _, _ in columns]
        missing = set(names) ^ origin.columns(table)
        if missing:
            raise KeptError(UNREADY, f"`{table}` has not the same columns: `{min(missing)}`")
        reads = [kinds.reader(kind, scale, self._zone) for _, kind, scale in columns]
        digest = self._digest(columns)
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _listed(names))
        try:
            with self._raw.cursor() as cursor, cursor.copy(into) as copy:
                for row in origin.read(table, names):
                    values = _values(table, names, reads, row)
                    digest.add(values)
                    copy.write_row(values)
                    step()
        except Error as error:
            raise _refused(table, error) from None
        return digest

    def read_back(self, table: str, step: Step) -> Digest:
        """The digest of the rows that are there."""
        from psycopg import sql

        columns = self._columns(table)
        digest = self._digest(columns)
        names = _listed([name for name, _, _ in columns])
        with self._raw.cursor(name="kept_move") as cursor:
            cursor.itersize = _BATCH
            cursor.execute(sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table)))
            for row in cursor:
                digest.add(row)
                step()
        return digest

    def number_on(self, table: str, used: int) -> None:
        """Let the next row's number be above every one that was ever used."""
        from psycopg import sql

        for name, kind, _ in self._columns(table):
            if kind not in ("bigint", "integer", "smallint"):
                continue
            (sequence,) = self._raw.execute(_SEQUENCE, [f'"{table}"', name]).fetchone()
            if sequence is None:
                continue
            highest = sql.SQL("SELECT greatest(max({}), %s) FROM {}")
            statement = highest.format(sql.Identifier(name), sql.Identifier(table))
            (last,) = self._raw.execute(statement, [used]).fetchone()
            if last:
                self._raw.execute("SELECT setval(%s, %s)", [sequence, last])

    def require_references(self) -> None:
        """Raise `KeptError` V054 where rows refer to others that did not come."""
        from psycopg import Error

        try:
            self._raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except Error as error:
            raise _refused("", error) from None

    @property
    def _zone(self) -> ZoneInfo:
        """Of moments that are written without one."""
        return ZoneInfo(self._wrapper.timezone_name)

    def _tables(self) -> set[str]:
        return {name for (name,) in self._raw.execute(_TABLES).fetchall()}

    def _columns(self, table: str) -> list[Column]:
        """Name, kind, and digits after the point of each that is not computed."""
        found: list[Column] = self._raw.execute(_COLUMNS, [table]).fetchall()
        return found

    def _digest(self, columns: list[Column]) -> Digest:
        return Digest([kind for _, kind, _ in columns], self._zone)


def _listed(names: list[str]) -> Any:
    from psycopg import sql

    return sql.SQL(", ").join(map(sql.Identifier, names))


def _values(
    table: str, names: list[str], reads: list[kinds.Read], row: tuple[Any, ...]
) -> list[Any]:
    values = []
    for name, read, value in zip(names, reads, row, strict=True):
        try:
            values.append(None if value is None else read(value))
        except (ValueError, TypeError, ArithmeticError):
            raise KeptError(NOT_MOVED, f"a value in `{table}.{name}` is not of its kind") from None
    return values


def _refused(table: str, error: Any) -> KeptError:
    """Where and what kind of mistake; not the words, which may hold a row."""
    said = error.diag
    where = ".".join(filter(None, (said.table_name or table, said.column_name)))
    what = said.constraint_name or type(error).__name__
    return KeptError(NOT_MOVED, f"PostgreSQL refuses a row of `{where}`: {what}")
