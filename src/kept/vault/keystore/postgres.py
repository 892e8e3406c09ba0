"""The key store in a PostgreSQL database of another cluster than the data's.

A commit waits for the disk (`synchronous_commit`); a connection that the server dropped is opened
again. Imported only where the host asks for it: `psycopg` is an extra.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from kept.vault.errors import STORE_FAILED, VaultError
from kept.vault.keystore.database import CURRENT_MASTER, Row
from kept.vault.keystore.threads import PerThread

SCHEMA = "kept_keys"
_CLUSTER = "SELECT system_identifier FROM pg_control_system()"


class PostgresWriter:
    """See `Writer`."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """See `Writer.run`."""
        return _run(self._connection, sql, values)

    def serialise(self, what: bytes) -> None:
        """See `Writer.serialise`: an advisory lock of this transaction."""
        number = int.from_bytes(blake2b(what, digest_size=8).digest(), "big", signed=True)
        self.run("SELECT pg_advisory_xact_lock(?)", (number,))

    def current_master(self) -> int | None:
        """See `Writer.current_master`: the row stays locked against a change of master."""
        rows = self.run(f"{CURRENT_MASTER} FOR SHARE")
        return rows[0][0] if rows else None


class PostgresDatabase:
    """See `Database`. `address` is a `postgresql://` DSN; everything stands in one schema."""

    def __init__(self, address: str) -> None:
        self._address = self.place = address
        self._threads = PerThread(self._connect)

    def _connect(self) -> psycopg.Connection[Row]:
        try:
            connection = psycopg.connect(self._address, autocommit=True, connect_timeout=10)
            connection.execute("SET synchronous_commit = on")
            # Two processes may come here at once; the check inside IF NOT EXISTS does not wait.
            with connection.transaction():
                PostgresWriter(connection).serialise(SCHEMA.encode())
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            connection.execute(f"SET search_path = {SCHEMA}")
        except psycopg.Error as error:
            raise _failed(error) from error
        return connection

    def _usable(self) -> psycopg.Connection[Row]:
        connection = self._threads.get()
        if connection.closed:
            self._threads.forget()
            connection = self._threads.get()
        return connection

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """See `Database.read`. Asks once more where the server had dropped the connection."""
        connection = self._usable()
        try:
            return _run(connection, sql, values)
        except psycopg.OperationalError as error:
            if not connection.closed:
                raise _failed(error) from error
        except psycopg.Error as error:
            raise _failed(error) from error
        try:
            return _run(self._usable(), sql, values)
        except psycopg.Error as error:
            raise _failed(error) from error

    def read_among(self, sql: str, values: Sequence[bytes]) -> list[Row]:
        """See `Database.read_among`: one array, as text, costs less than many parameters."""
        listed = ",".join([f'"\\\\x{one.hex()}"' for one in values])
        return self.read(f"{sql} = ANY(?::bytea[])", (f"{{{listed}}}",))

    @contextmanager
    def snapshot(self) -> Iterator[PostgresWriter]:
        """See `Database.snapshot`."""
        connection = self._usable()
        try:
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield PostgresWriter(connection)
        except psycopg.Error as error:
            raise _failed(error) from error

    @contextmanager
    def write(self) -> Iterator[PostgresWriter]:
        """See `Database.write`."""
        connection = self._usable()
        try:
            with connection.transaction():
                yield PostgresWriter(connection)
        except psycopg.Error as error:
            raise _failed(error) from error

    def close(self) -> None:
        """See `Database.close`."""
        connection = self._threads.forget()
        if connection is not None:
            connection.close()


def _run(connection: psycopg.Connection[Row], sql: str, values: Sequence[object]) -> list[Row]:
    text = sql.format(blob="BYTEA").replace("?", "%s")
    cursor = connection.execute(text.encode(), tuple(values) or None, binary=True)
    return cursor.fetchall() if cursor.description else []


def _failed(error: psycopg.Error) -> VaultError:
    # The address may hold a password: only the server's words are repeated.
    return VaultError(STORE_FAILED, f"PostgreSQL says: {error}".strip())


def cluster_of(address: str) -> int:
    """The identifier that `initdb` gave the cluster behind `address`."""
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
            row = connection.execute(_CLUSTER).fetchone()
    except psycopg.Error as error:
        raise _failed(error) from error
    return int(row[0]) if row else 0


def cluster_seen_by(connection: BaseDatabaseWrapper) -> int:
    """The same of one of Django's PostgreSQL connections."""
    with connection.cursor() as cursor:
        cursor.execute(_CLUSTER)
        return int(cursor.fetchone()[0])
