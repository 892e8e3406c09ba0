"""Retention as the operator meets it: the command, the figures, the check, the clock."""

import json

import pytest
from click.testing import CliRunner

from kept import schedule
from kept.cli import main
from kept.keepers.forms.models import Submission
from kept.keepers.retention import jobs
from kept.keepers.retention.checks import every_end_is_known
from kept.promises import keeping
from kept.promises.needs import RETAIN
from tests.posting import changed
from tests.retention.conftest import at

pytestmark = pytest.mark.django_db(transaction=True)


def told(*words: str) -> dict:
    done = CliRunner().invoke(main, ["retention", *words, "--json"], standalone_mode=False)
    assert done.exception is None, done.output
    return json.loads(done.stdout)


def test_show_tells_what_is_kept_what_is_over_and_what_comes_next(inquire):
    inquire("2024-02-29")
    inquire("2025-06-30", "ada@example.org")
    with at("2026-03-01"):
        points = {one["point"]: one for one in told("show")["points"]}
    assert points["inquiry"] == {
        "point": "inquiry", "keep": "p2y", "rows": 2, "due": 1, "next": "2027-06-30",
    }  # fmt: skip
    assert points["news"]["keep"] == "until-purpose-ends"


def test_a_dry_run_says_what_a_run_then_does(inquire):
    inquire("2024-02-29")
    with at("2026-03-01"):
        assert told("run", "--dry-run") == {
            "dry_run": True, "rows": 1, "points": {"inquiry": 1},
        }  # fmt: skip
        assert Submission.objects.count() == 1
        done = told("run")
        assert (done["rows"], done["points"], done["people"]) == (1, {"inquiry": 1}, 1)
        assert told("run", "--dry-run")["rows"] == 0


def test_in_words(inquire):
    inquire("2024-02-29")
    with at("2026-03-01"):
        done = CliRunner().invoke(main, ["retention", "run"])
        assert "1 rows of `inquiry` removed" in done.output
        shown = CliRunner().invoke(main, ["retention", "show"])
        assert "for 2 years" in shown.output
        assert "last sweep: 2026-03-01" in shown.output


def test_the_clock_sweeps_and_the_policy_page_counts_it_as_kept(usimprints):
    assert jobs.NAME in {job.name for job in schedule.registered()}
    assert RETAIN in keeping.keepers()["retention"]


def test_a_keep_whose_end_nobody_can_know_is_told_at_start(post):
    assert every_end_is_known() == []
    post(changed(('until = "purpose ends"\npublic', 'until = "request ends"\npublic')))
    assert every_end_is_known() == []  # the testimonial's model tells
    contract = ('says = "send you news of our company, what we make and what we do for clients"\n'
                'basis = "consent"')  # fmt: skip
    post(changed((contract, contract.replace("consent", "contract"))))
    (message,) = every_end_is_known()
    assert (message.id, "news" in message.msg) == ("kept.T001", True)
