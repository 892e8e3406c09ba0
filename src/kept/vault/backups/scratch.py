"""A place to restore a copy into, beside everything that is used, and gone afterwards.

Rules: a file in a hidden folder, or a database of its own on the data's server; Django knows it by
an alias only while the block runs; what a crash left is removed by the next one.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections

from kept._kit.errors import KeptError
from kept.vault.backups import databases, programs
from kept.vault.backups.databases import Source
from kept.vault.backups.errors import FAILED

ALIAS = "kept_trial"
_LONGEST = 50


@contextmanager
def restored(part: Path, source: Source, folder: Path) -> Iterator[dict[str, int]]:
    """The rows of each table of a copy, restored; while the block runs it is alias `ALIAS`."""
    if source.file is not None:
        file = folder / part.name
        shutil.copyfile(part, file)
        databases.check_file(file)
        with _known(source, str(file)):
            yield databases.count_file(file)
        return
    name = f"{(source.address or {}).get('dbname', '')[:_LONGEST]}_{ALIAS}"
    with _server(source, name) as words:
        _load(part, words, source.schema)
        with _known(source, name):
            yield _counted(words, source.schema)


def _load(part: Path, words: dict[str, str], schema: str) -> None:
    import psycopg
    from psycopg import sql

    given: dict[str, Any] = dict(words)
    with psycopg.connect(**given) as server:
        server.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    how = ["--no-owner", "--no-acl", "--exit-on-error", f"--schema={schema}"]
    programs.run("pg_restore", words, [*how, str(part)])


@contextmanager
def _known(source: Source, name: str) -> Iterator[None]:
    """Let Django know the scratch of one of its databases."""
    alias = source.of.removeprefix("database:")
    if alias == source.of:
        yield
        return
    known = connections[alias].copy(ALIAS)
    known.settings_dict["NAME"] = name
    connections[ALIAS] = known
    try:
        yield
    finally:
        known.close()
        del connections[ALIAS]


@contextmanager
def _server(source: Source, name: str) -> Iterator[dict[str, str]]:
    import psycopg
    from psycopg import sql

    named = sql.Identifier(name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named)
    with psycopg.connect(**databases.words(source), autocommit=True) as server:
        try:
            server.execute(drop)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(named))
        except psycopg.Error as error:
            raise KeptError(
                FAILED, f"no scratch database can be made: {error}",
                do="let the site's role make databases: `ALTER ROLE … CREATEDB`",
            ) from error  # fmt: skip
        try:
            yield {**(source.address or {}), "dbname": name}
        finally:
            server.execute(drop)


def _counted(words: dict[str, str], schema: str) -> dict[str, int]:
    import psycopg

    given: dict[str, Any] = dict(words)
    with psycopg.connect(**given) as open_:
        return databases.count_server(open_, schema)
