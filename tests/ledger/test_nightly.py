"""The whole record is checked by the clock; what is wrong is seen where jobs are seen."""

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

from kept import schedule
from kept._kit.errors import KeptError
from kept.ledger import Collected, check_whole, record, sequence_once, status
from kept.ledger.store import connect, store

EVENT = Collected("inquiry", 0, ("contact.email",))


def _record() -> None:
    with transaction.atomic():
        record(EVENT, uuid4())


def test_a_good_record_is_a_job_well_done(ledger):
    _record()
    sequence_once()
    told = schedule.run("record.verify").told
    assert "1 entries" in told


def test_an_edited_record_is_a_job_that_failed_and_a_finding_for_the_console(ledger):
    _record()
    sequence_once()
    store().run("UPDATE entry SET body = %s", (b"x" * 300,))
    with pytest.raises(KeptError, match=r"K013.*L033.*L021"):
        schedule.run("record.verify")
    assert [one.name for one in schedule.states() if one.condition == "failed"] == ["record.verify"]
    assert any("L021" in text for text in status().findings)


def test_a_check_while_the_log_grows_finds_nothing(ledger):
    """Writers and the sequencer at work; the check sees one moment of the tree."""
    stop, failures = threading.Event(), []

    def grow() -> None:
        try:
            while not stop.is_set():
                _record()
                sequence_once()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()
            connect.forget()

    for _ in range(5):
        _record()
    thread = threading.Thread(target=grow)
    thread.start()
    try:
        found = [str(one) for _ in range(12) for one in check_whole().findings]
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert found == []
