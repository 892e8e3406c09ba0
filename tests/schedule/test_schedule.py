"""Jobs by the clock: done when due, once, caught up after a pause, retried when they fail."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connections

from kept import schedule
from kept._kit import clock
from kept._kit.errors import KeptError, code
from kept.schedule import locks, registry
from kept.schedule.models import Runs
from kept.schedule.registry import Every, Job
from kept.schedule.running import Outcome, attempt

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BROKEN = code("K900", "only for testing", do="nothing")


class Work:
    """A job that counts its runs and fails while it is told to."""

    def __init__(self, every: Every = HOUR, at: time | None = None) -> None:
        self.done, self.error = 0, None
        self.job = Job("test.work", every, self, at, "Counts.")

    def __call__(self) -> str:
        if self.error is not None:
            raise self.error
        self.done += 1
        return f"done {self.done}"


@pytest.fixture
def work(transactional_db) -> Iterator[Work]:
    made = Work()
    with registry.only_for_testing_instead(made.job):
        yield made


def _at(moment: datetime) -> schedule.State:
    """Run what is due at `moment`; how the one job stands then."""
    with clock.only_for_testing_at(moment):
        schedule.run_due()
        (state,) = schedule.states()
        return state


def test_a_new_job_runs_at_once_and_then_when_it_is_due(work):
    state = _at(START)
    assert (work.done, state.condition, state.due) == (1, "good", START + HOUR)
    _at(START + HOUR - timedelta(seconds=1))
    assert work.done == 1
    assert _at(START + HOUR).told == "done 2"


def test_what_was_missed_is_done_once_and_the_rhythm_goes_on(work):
    _at(START)
    late = START + 9 * DAY
    with clock.only_for_testing_at(late):
        assert schedule.states()[0].late
    assert _at(late).due == late + HOUR
    assert work.done == 2


def test_a_nightly_job_waits_for_its_night_and_is_caught_up(transactional_db):
    work = Work(DAY, time(3))
    with registry.only_for_testing_instead(work.job):
        night = datetime(2026, 3, 11, 3, tzinfo=UTC)
        state = _at(START)
        assert (work.done, state.condition, state.due) == (0, "never", night)
        assert _at(night + timedelta(minutes=2)).due == night + DAY
        assert _at(night + 2 * DAY + 9 * HOUR).due == night + 3 * DAY
        assert work.done == 2


def test_a_job_whose_day_is_over_before_it_was_ever_seen_running_still_comes(transactional_db):
    """A machine that is switched on by day only: the first night passes while it is off."""
    work = Work(DAY, time(3))
    with registry.only_for_testing_instead(work.job):
        _at(START)
        _at(START + DAY)
        assert work.done == 1


def test_a_failure_is_visible_and_retried_sooner_and_sooner_rarer(work):
    work.error = KeptError(BROKEN, "the disk is full, says someone@example.org")
    moment, waits = START, []
    for _ in range(5):
        state = _at(moment)
        assert state.condition == "failed"
        waits.append((state.due - moment).total_seconds() / 60)
        moment = state.due
    assert waits == [5, 15, 45, 60, 60]
    assert state.failures == 5
    assert state.error == "K900 the disk is full, says [email]; nothing"
    work.error = None
    state = _at(moment)
    assert (state.condition, state.failures, state.error) == ("good", 0, "")
    assert state.failed == moment - HOUR


def test_of_a_foreign_error_only_its_kind_is_kept(work):
    work.error = ValueError("Dorothea Brooke lives in Middlemarch")
    assert _at(START).error == "ValueError"


def test_a_failing_job_stops_no_other(transactional_db):
    bad, good = Work(), Work()
    bad.error = ValueError("no")
    good.job = Job("test.zz", HOUR, good, None, "")
    with registry.only_for_testing_instead(bad.job, good.job):
        assert schedule.run_due() == 1
        assert [one.condition for one in schedule.states()] == ["failed", "good"]


def test_a_changed_policy_counts_at_once(transactional_db):
    wanted: list[timedelta | None] = [DAY]
    work = Work(lambda: wanted[0])
    with registry.only_for_testing_instead(work.job):
        assert _at(START).due == START + DAY
        wanted[0] = HOUR
        assert _at(START + 2 * HOUR).told == "done 2"
        wanted[0] = None
        state = _at(START + 9 * DAY)
        assert (state.condition, state.due, work.done) == ("off", None, 2)


def test_a_job_runs_once_at_a_time(work):
    entered, leave = threading.Event(), threading.Event()

    def slow() -> str:
        entered.set()
        leave.wait(20)
        return "slow"

    job = Job("test.work", HOUR, slow, None, "")
    outcomes = []

    def elsewhere() -> None:
        try:
            outcomes.append(attempt(job))
        finally:
            connections.close_all()

    with registry.only_for_testing_instead(job):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert entered.wait(20)
        try:
            assert schedule.states()[0].condition == "running"
            assert attempt(job) is Outcome.BUSY
            with pytest.raises(KeptError, match="K012"):
                schedule.run("test.work")
        finally:
            leave.set()
            thread.join()
        assert outcomes == [Outcome.DONE]
        assert schedule.states()[0].condition == "good"


def test_who_looked_before_another_ran_it_does_not_run_it_again(work):
    assert attempt(work.job, if_due=True) is Outcome.DONE
    assert attempt(work.job, if_due=True) is Outcome.EARLY
    assert work.done == 1


_KILLED = """
import os, signal, django
django.setup()
from datetime import timedelta
from kept.schedule.registry import Job
from kept.schedule.running import attempt
killed = lambda: os.kill(os.getpid(), signal.SIGKILL)
attempt(Job("test.work", timedelta(hours=1), killed, None, ""))
"""


def test_a_run_that_was_cut_off_is_seen_and_run_again_after_a_while(work):
    done = subprocess.run([sys.executable, "-c", _KILLED], check=False)
    assert done.returncode == -9
    (state,) = schedule.states()
    assert (state.condition, state.failures) == ("cut off", 1)
    began = Runs.objects.get().started
    assert state.due == began + timedelta(minutes=5)
    schedule.run_due()
    assert work.done == 0, "it may be what killed the process: not at once"
    state = _at(state.due)
    assert (state.condition, state.failed, work.done) == ("good", began, 1)


def test_a_lock_dies_with_its_holder(work):
    hold = (
        "import django; django.setup()\n"
        "from kept.schedule import locks\n"
        "with locks.alone('x') as mine:\n"
        "    print(mine, flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "True\n"
        assert locks.is_held("x")
        holder.kill()
        holder.wait()
    for _ in range(100):  # a server needs a moment to see that its client is gone
        if not locks.is_held("x"):
            break
        threading.Event().wait(0.05)
    assert not locks.is_held("x")


def test_a_job_that_is_asked_for_runs_whether_due_or_not(work):
    with clock.only_for_testing_at(START):
        schedule.run("test.work")
        assert schedule.run("test.work").told == "done 2"
        work.error = KeptError(BROKEN, "full")
        with pytest.raises(KeptError, match=r"K013.*full"):
            schedule.run("test.work")
    with pytest.raises(KeptError, match="K011"):
        schedule.run("test.other")


def test_a_name_is_one_word_and_taken_once(work):
    for name in ("test.work", "Test", "", "a b", "../x", "x" * 65):
        with pytest.raises(KeptError, match="K010"):
            schedule.register(name, HOUR, str)
