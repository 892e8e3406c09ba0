"""The promises about rights turn red when they are broken, and are not proven on hearsay."""

from datetime import timedelta

import pytest

from kept import promises, schedule
from kept._kit import clock
from kept.keepers.rights.models import Package, Request
from kept.keepers.rights.promises import SWEEP
from kept.vault import files
from kept.vault.models import Subject
from tests.rights.person import work

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def found(id):
    return promises.verify([id]).findings[0]


@pytest.fixture
def swept(world):
    """The clock's sweep has just run."""
    schedule.run(SWEEP)


def test_it_is_not_proven_before_the_clock_has_swept_once(world):
    assert found("rights.access").state == "unproven"
    assert "has not run yet" in found("rights.access").says


@pytest.mark.parametrize(
    "id", ["rights", "rights.access", "rights.correct", "rights.cease", "rights.erase"]
)
def test_it_is_kept_where_nothing_waits_and_the_page_is_served(swept, id):
    finding = found(id)
    assert finding.state == "kept", finding.says


def test_a_sweep_that_stands_still_is_noticed(swept):
    with clock.only_for_testing_at(clock.now() + timedelta(hours=3)):
        assert found("rights.access").state == "unproven"


def test_an_overdue_request_breaks_its_own_right_and_no_other(swept, zoe):
    zoe.confirm("correct")
    Request.objects.update(due=clock.today() - DAY)
    assert found("rights.correct").state == "broken"
    assert found("rights").state == "kept"
    assert found("rights.access").state == "kept"


def test_a_request_that_nobody_works_on_is_noticed_before_it_is_overdue(swept, zoe):
    zoe.confirm("access")
    Request.objects.update(asked=clock.today() - 3 * DAY)
    assert "job worker" in found("rights.access").says


def test_a_deleted_person_who_is_back_breaks_it(swept, zoe):
    subject = zoe.subject
    zoe.confirm("erase")
    work()
    with clock.only_for_testing_at(clock.now() + 4 * DAY):
        work()
    assert Request.objects.get().state == "done"
    assert found("rights.erase").state == "kept"
    Subject.objects.filter(pk=subject).update(state="active")
    assert found("rights.erase").state == "broken"


def test_a_copy_that_is_gone_before_its_day_breaks_it(swept, zoe):
    zoe.confirm("access")
    work()
    assert found("rights.access").state == "kept"
    files.path_of(Package.objects.get().file_id).unlink()
    assert "gone before their day" in found("rights.access").says


def test_a_table_that_no_walk_can_read_breaks_it(swept):
    from django.db import DatabaseError, connection

    def fail(execute, sql, params, many, context):
        if "COUNT" in sql and '"kept_forms_submission"' in sql:
            raise DatabaseError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        says = found("rights").says
    assert "kept_forms.Submission" in says


def test_a_gate_that_asks_for_no_proof_breaks_it(swept, monkeypatch):
    from kept import gate

    real = gate.decide_right

    def lax(right, category="*", *, identity, today, holds=()):
        return real(right, category, identity=True, today=today, holds=holds)

    monkeypatch.setattr(gate, "decide_right", lax)
    finding = found("rights")
    assert finding.state == "broken"
    assert "erase" in finding.says
