"""The console shows what the clock does and what was stopped; a job can be run from there."""

import pytest

from kept import schedule
from kept._kit import clock
from kept.keepers.edges.models import Stopped
from kept.schedule.models import Runs


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_from_the_page_and_the_page_says_how_it_went(desk, usimprints):
    text = desk.post("/console/schedule/", {"job": "files.sweep"}, follow=True).content.decode()
    assert "It ran just now." in text
    assert Runs.objects.get(name="files.sweep").succeeded is not None


def test_what_failed_stands_first_with_its_reason(desk, usimprints):
    Runs.objects.create(
        name="visits.x", since=clock.now(), failed=clock.now(), failures=1, error="nope"
    )
    names = [one.name for one in schedule.states()]
    Runs.objects.create(
        name=names[-1], since=clock.now(), failed=clock.now(), failures=1, error="no room"
    )
    text = desk.get("/console/schedule/").content.decode()
    assert text.index("no room") < text.index("backup.make")


@pytest.mark.parametrize("job", ["", "no.such"])
def test_a_job_that_does_not_exist_is_refused(desk, usimprints, job):
    assert desk.post("/console/schedule/", {"job": job}).status_code == 404


def test_what_was_stopped_is_listed_by_name_with_what_to_do(desk, usimprints):
    Stopped.objects.create(kind="cookie", name="_ads", day=clock.today(), count=7)
    text = desk.get("/console/stopped/").content.decode()
    assert "_ads" in text
    assert ">7<" in text
