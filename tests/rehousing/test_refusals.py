"""What cannot be moved is found before a row is, and said."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kept._kit.errors import KeptError
from kept.vault.rehousing import origin, target


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as there:
        there.execute("CREATE TABLE one (id integer PRIMARY KEY, of integer REFERENCES one (id))")
        there.execute("INSERT INTO one VALUES (1, 1), (2, 1)")
        there.commit()
    return path


def test_nobody_writes_while_it_is_read_and_nothing_is_written(file: Path):
    before = file.read_bytes()
    with origin.opened(file) as source, closing(sqlite3.connect(file, timeout=0.01)) as other:
        assert source.rows() == {"one": 2}
        source.require_whole()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("DELETE FROM one")
    assert file.read_bytes() == before


def test_a_file_that_somebody_writes_to_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(origin, "_PATIENCE", 0.01)
    with closing(sqlite3.connect(file)) as other:
        other.execute("DELETE FROM one")
        with pytest.raises(KeptError, match=r"V053.*locked"), origin.opened(file):
            pass


def test_references_to_rows_that_are_not_there_are_refused(file: Path):
    with closing(sqlite3.connect(file)) as there:
        there.execute("DELETE FROM one WHERE id = 1")
        there.commit()
    with origin.opened(file) as source, pytest.raises(KeptError, match=r"V053.*`one`"):
        source.require_whole()


def test_a_database_with_somebody_else_s_table_is_refused(opened: target.Target):
    opened.require_empty()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebody_s (id int)")
    with pytest.raises(KeptError, match=r"V051.*`somebody_s`.*createdb"):
        opened.require_empty()


def test_rows_of_no_installed_app_are_refused_and_empty_tables_left(opened: target.Target):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE one (id int); INSERT INTO one VALUES (7)")
    assert opened.empty({"one": 2, "left_over": 0}) == ["one"]
    assert opened.read_back("one", int).rows == 0
    with pytest.raises(KeptError, match=r"V053.*`left_over`"):
        opened.empty({"one": 2, "left_over": 1})


def test_tables_whose_columns_differ_are_refused(file: Path, opened: target.Target):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE one (id int)")
    with origin.opened(file) as source, pytest.raises(KeptError, match=r"V053.*columns: `of`"):
        opened.take(source, "one", int)


def test_rows_whose_references_did_not_come_are_refused(file: Path, opened: target.Target):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE one (id int PRIMARY KEY, of int)")
        cursor.execute(
            "ALTER TABLE one ADD CONSTRAINT up FOREIGN KEY (of) REFERENCES one (id)"
            " DEFERRABLE INITIALLY DEFERRED"
        )
        with origin.opened(file) as source:
            opened.take(source, "one", int)
        opened.require_references()
        cursor.execute("SET CONSTRAINTS ALL DEFERRED; UPDATE one SET of = 5 WHERE id = 2")
        with pytest.raises(KeptError, match=r"V054.*`one`: up"):
            opened.require_references()


@pytest.mark.parametrize("rest", ["127.0.0.1:1/shop", "[::/shop", "127.0.0.1/shop?colour=red"])
def test_an_address_that_leads_nowhere_is_refused_and_not_repeated(
    rest: str, django_db_blocker: Any
):
    with (
        django_db_blocker.unblock(),
        pytest.raises(KeptError, match="V052") as refused,
        target.as_default(f"postgresql://nobody:secret@{rest}"),
    ):
        pass
    assert "secret" not in str(refused.value)
