"""What was stopped is counted by name, written down, bounded, and holds nothing about anybody."""

import logging
from datetime import timedelta

import pytest

from kept._kit import clock
from kept.conf import logs, stopped
from kept.keepers.edges import flows
from kept.keepers.edges.models import Stopped


@pytest.fixture(autouse=True)
def _empty():
    stopped.take()
    yield
    stopped.take()


def lines() -> list[tuple[str, str, int]]:
    return [(one.kind, one.name, one.count) for one in flows.report()]


def test_counts_of_several_processes_and_writings_add_up(db):
    for times in (2, 3):
        for _ in range(times):
            stopped.note("cookie", "tracker")
        stopped.note("source", "evil.example")
        assert flows.write_down() == 2
    assert lines() == [("cookie", "tracker", 5), ("source", "evil.example", 2)]
    assert flows.write_down() == 0


def test_a_name_that_looks_like_a_person_is_masked_and_a_long_one_is_cut(db):
    stopped.note("cookie", "zoe@example.org")
    stopped.note("cookie", "x" * 500)
    flows.write_down()
    assert [name for _, name, _ in lines()] == ["[email]", "x" * 80]


def test_names_without_end_fill_nothing(db):
    for n in range(stopped.MOST + 50):
        stopped.note("cookie", f"c{n}x")
    flows.write_down()
    assert Stopped.objects.count() == stopped.MOST + 1
    assert Stopped.objects.get(name=stopped.OTHERS).count == 50


def test_the_names_of_one_day_are_bounded_too(db, monkeypatch):
    monkeypatch.setattr(flows, "MOST_A_DAY", 3)
    for n in range(7):
        stopped.note("source", f"h{n}.example")
        flows.write_down()
    assert Stopped.objects.count() == 4
    assert Stopped.objects.get(name=stopped.OTHERS).count == 4


def test_old_days_are_forgotten_and_the_report_looks_back_as_far_as_asked(db):
    today = clock.today()
    for days in (0, 10, 40, 100):
        Stopped.objects.create(day=today - timedelta(days=days), kind="log", name="x", count=1)
    assert [one.count for one in flows.report(30)] == [2]
    stopped.note("log", "y")
    flows.write_down()
    assert not Stopped.objects.filter(day__lt=today - flows.KEPT_FOR).exists()
    assert Stopped.objects.filter(name="x").count() == 3


def test_every_kind_says_what_the_operator_can_do():
    from typing import get_args

    assert set(flows.DO) == set(get_args(stopped.Kind))


def test_without_its_table_nothing_breaks_and_nothing_is_lost(db, monkeypatch):
    from django.db import OperationalError

    def fails(*_args):
        raise OperationalError("gone")

    stopped.note("cookie", "tracker")
    monkeypatch.setattr(flows, "_add", fails)
    assert flows.write_down() == 0
    monkeypatch.undo()
    assert flows.write_down() == 1
    assert lines() == [("cookie", "tracker", 1)]


def test_a_record_is_masked_before_any_handler_sees_it_and_its_logger_is_counted(db):
    logs.install()
    seen = []

    class Theirs(logging.Handler):
        def emit(self, record):
            seen.append((record.getMessage(), record.args, self.format(record)))

    theirs, log = Theirs(), logging.getLogger("theirs.forms")
    log.addHandler(theirs)
    try:
        log.warning("posted %s", {"email": "zoe@example.org"})
        try:
            int("zoe@example.org")
        except ValueError:
            log.exception("failed")
        log.warning("a good line %d", 5)
        log.warning("wrong %d", "zoe@example.org")
    finally:
        log.removeHandler(theirs)
    assert "zoe" not in str(seen)
    assert "a good line 5" in str(seen)
    flows.write_down()
    assert lines() == [("log", "theirs.forms", 2)]


def test_installing_twice_wraps_once():
    logs.install()
    made = logging.getLogRecordFactory()
    logs.install()
    assert logging.getLogRecordFactory() is made


def test_the_command_tells_it_to_people_and_machines(db, monkeypatch):
    import json

    from click.testing import CliRunner

    from kept.cli import _project
    from kept.cli import stopped as cli

    monkeypatch.setattr(_project, "setup", lambda: None)
    assert "Nothing was stopped" in CliRunner().invoke(cli.command).output
    stopped.note("cookie", "tracker")
    flows.write_down()
    said = CliRunner().invoke(cli.command).output
    assert "1 cookie     tracker" in said
    assert flows.DO["cookie"] in said
    (line,) = json.loads(CliRunner().invoke(cli.command, ["--json"]).output)
    assert (line["kind"], line["name"], line["count"]) == ("cookie", "tracker", 1)
