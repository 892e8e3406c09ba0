"""After the ledger's database was lost: a new log that says so, and goes on."""

import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from kept._kit.errors import KeptError
from kept.ledger import (
    Collected,
    Opened,
    anchors,
    begin_anew,
    check_at_start,
    check_whole,
    effect,
    keys,
    read_receipt,
    receipt_of,
    record,
    record_now,
    renewing,
    sequence_once,
    status,
    verifier,
    verify_receipt,
)
from kept.ledger.checking.effects import only_for_testing_forget
from kept.ledger.models import Head, Outbox
from kept.ledger.store import batches, connect, recorded, store
from kept.vault.models import Subject

OPENED = Opened("answer-inquiry", "staff", ("contact.email",))


def _collect(row: UUID | None = None) -> UUID:
    row = row or uuid4()
    with transaction.atomic():
        Subject.objects.create(pk=row, collected=0)
        return record(Collected("inquiry", 0, ("contact.email",), row), row)


def _lose(place: str) -> None:
    """The database is gone, as if its disk were."""
    connect.forget()
    if connection.vendor == "postgresql":
        import psycopg

        with psycopg.connect(place, autocommit=True) as server:
            server.execute("DROP SCHEMA kept_ledger CASCADE")
    else:
        shutil.rmtree(place)


@pytest.fixture
def rows(ledger, place):
    """A registered model, and a log with some of its rows' events."""
    effect("test rows", Collected, Subject.objects.all, subject="pk")
    for _ in range(3):
        _collect()
    sequence_once()
    sequence_once()
    anchors.publish()
    yield place
    only_for_testing_forget("test rows")
    _drop_aside(place)


def _drop_aside(place: str) -> None:
    if place.startswith("postgresql"):
        import psycopg

        connect.forget()
        with psycopg.connect(place, autocommit=True) as server:
            for number in (1, 2):
                server.execute(f"DROP SCHEMA IF EXISTS kept_ledger_lost_{number} CASCADE")


def _clear(kind: str) -> list[bytes]:
    found = (bytes(entry.body)[32:] for entry in recorded.about_no_one(store()))
    return [body for body in found if f'"kind":"{kind}"'.encode() in body]


def test_without_a_new_log_nothing_is_signed_over_the_lost_one(rows):
    _lose(rows)
    _collect()
    with pytest.raises(KeptError, match="L025"):
        sequence_once()
    assert Outbox.objects.count() == 1


def test_a_log_whose_newest_leaves_were_edited_is_lost(rows):
    """Nothing is signed over them for ever; a new log is the way on where no copy is left."""
    store().run("UPDATE bundle SET leaves = %s", (bytes(37),))
    _collect()
    with pytest.raises(KeptError, match="L023"):
        sequence_once()
    assert begin_anew().log == 2
    assert check_whole().findings == []


def test_a_new_log_says_what_was_lost_and_takes_what_waits(rows):
    before, size = status(), batches.latest(store()).size
    _lose(rows)
    waited = _collect()
    made = begin_anew()
    assert (made.log, made.lost, made.rows) == (2, size, 3)
    (said,) = _clear("Continued")
    root = keys.log().root
    assert said == f'{{"kind":"Continued","log":2,"size":{size},"root":"{root}"}}'.encode()
    assert Outbox.objects.count() == 0
    after = status()
    assert after.checkpoint.startswith("localhost/kept-ledger/2\n")
    assert (before.lost, after.log) == ("", 2)
    assert f"at {size} leaves or later" in after.lost
    proven = verify_receipt(
        read_receipt(receipt_of(waited)), [verifier(after.key)], "localhost/kept-ledger/2"
    )
    assert b'"kind":"Collected"' in proven.event


def test_after_it_rows_and_events_agree_again_and_new_ones_count(rows):
    _lose(rows)
    begin_anew()
    assert check_whole().findings == []
    assert check_at_start().findings == []
    taken_over = Subject.objects.first()
    _collect()
    sequence_once()
    assert check_whole().findings == []
    Subject.objects.create(pk=uuid4(), collected=0)
    taken_over.delete()
    assert [one.code.id for one in check_whole().findings] == ["L029"]


def test_what_was_recorded_at_once_and_not_signed_yet_is_carried_over(rows):
    """The database was put back to an older state; openings stand in it since."""
    subject = uuid4()
    last = batches.latest(store()).number
    for table, column in (("batch", "number"),):
        store().run(f"DELETE FROM {table} WHERE {column} = %s", (last,))
    mark = record_now(OPENED, subject)
    made = begin_anew()
    assert made.aside
    assert read_receipt(receipt_of(mark)).event.startswith(b'{"kind":"Opened"')
    if connection.vendor == "sqlite":
        assert (Path(rows) / made.aside).stat().st_size > 0


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'",
    reason="only where the ledger is a file of its own can that file be damaged",
)
def test_a_database_that_cannot_be_read_is_put_aside(rows):
    connect.forget()
    path = Path(rows) / "ledger.sqlite3"
    path.write_bytes(b"not a database any more" * 1000)
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    made = begin_anew()
    assert (Path(rows) / made.aside).read_bytes().startswith(b"not a database")
    assert check_whole().findings == []


def test_a_log_that_is_not_lost_is_not_given_up(rows):
    with pytest.raises(KeptError, match="L034"):
        begin_anew()
    _lose(rows)
    begin_anew()
    with pytest.raises(KeptError, match="L034"):
        begin_anew()
    assert keys.log().number == 2


def test_it_can_be_lost_again(rows):
    _lose(rows)
    begin_anew()
    _collect()
    sequence_once()
    sequence_once()
    _lose(rows)
    assert begin_anew().log == 3
    assert check_whole().findings == []


@pytest.mark.parametrize(
    "step", ["entries.make", "recorded.receive", "_enter_rows", "sequence_once"]
)
def test_a_crash_at_a_step_is_finished_by_the_sequencer(rows, monkeypatch, step):
    _lose(rows)
    waited = _collect()

    def crash(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(f"kept.ledger.renewing.{step}", crash)
    with pytest.raises(SystemExit):
        begin_anew()
    monkeypatch.undo()
    assert keys.log().number == 2
    renewing.go_on()
    assert len(_clear("Continued")) == 1
    assert check_whole().findings == []
    assert read_receipt(receipt_of(waited)).event


def test_data_restored_from_before_the_loss_is_told(rows):
    head = Head.objects.values().get()
    _lose(rows)
    begin_anew()
    sequence_once()
    Head.objects.filter(id=1).update(**head)
    sequence_once()
    assert len(_clear("RestoredFrom")) == 1


def test_a_data_database_that_knows_a_later_log_proves_that_the_secret_was_put_back(rows):
    _lose(rows)
    before = keys.log()
    begin_anew()
    sequence_once()
    keys.begin(before)
    _collect()
    with pytest.raises(KeptError, match=r"L025.*later log"):
        sequence_once()


def test_the_lost_logs_checkpoints_stay_where_they_were(rows):
    witness = keys.folder() / "witness"
    before = (witness / "checkpoint").read_text()
    _lose(rows)
    begin_anew()
    assert (witness / "checkpoint").read_text() == before
    assert (witness / "log-2" / "checkpoint").read_text() == status().checkpoint


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'",
    reason="only where the ledger is a file of its own can it be moved from under a process",
)
def test_a_process_does_not_go_on_writing_into_a_file_that_is_gone(ledger, place):
    record_now(OPENED, uuid4())
    moved = Path(place).with_name("elsewhere")
    Path(place).rename(moved)
    record_now(OPENED, uuid4())
    assert store().row("SELECT count(*) FROM inbox") == (1,)
    assert (Path(place) / "ledger.sqlite3").exists()


def test_the_command_refuses_a_log_that_is_well(tmp_path):
    from tests import served

    made = served.make(tmp_path / "shop")
    try:
        code = "from kept.cli import _prepare; _prepare.prepare()"
        subprocess.run(
            [sys.executable, "-c", code], cwd=made.folder, env=made.environment, check=True
        )
        done = made.kept("ledger", "begin-anew", "--yes")
        assert "L034" in done.stderr, done.stderr
    finally:
        made.remove_databases()
