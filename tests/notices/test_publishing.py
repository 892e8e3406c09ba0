"""`kept policy publish`: what would change for whom, posting, and taking it back."""

import json

import pytest
from click.testing import CliRunner

from kept import gate, promises, vault
from kept._kit.errors import KeptError
from kept.cli import main
from kept.keepers.forms.models import Submission
from kept.keepers.notices.models import Notice
from tests.notices.conftest import at, in_days
from tests.posting import USIMPRINTS, changed

pytestmark = pytest.mark.django_db

TAIL = '\ndeclining = "we cannot answer you"\n[collect.inquiry.required]'
SHORTER = (f'keep = "2 years"{TAIL}', f'keep = "1 month"{TAIL}')


def run(*words: str):
    return CliRunner().invoke(main, ["policy", *words], standalone_mode=False)


def told(*words: str) -> dict:
    done = run(*words, "--json")
    assert done.exception is None, done.output
    return json.loads(done.stdout)


@pytest.fixture
def file(tmp_path, usimprints):
    made = tmp_path / "next.toml"
    made.write_text(changed(('version = "2016-03-16"', 'version = "next"'), SHORTER), "utf-8")
    return str(made)


def test_a_dry_run_counts_whom_it_concerns_and_posts_nothing(file):
    with at(in_days(-60)), gate.purpose("answer-inquiry", actor=gate.VISITOR):
        person = vault.find_or_make("email", "zoe@example.org")
        vault.set_choices(person.pk, consent=["answer-inquiry"])
        row = Submission(point="inquiry", subject=person)
        row.put("email", "contact.email", "zoe@example.org")
        row.save()
    found = told("publish", file, "--effective", str(in_days(20)), "--dry-run")
    assert (found["state"], found["effective"]) == ("not posted", str(in_days(20)))
    assert found["points"] == [{"point": "inquiry", "people": 1, "rows": 1, "ends": 1}]
    assert found["people"] == 1
    assert any(one["kind"] == "narrow" for one in found["changes"])
    assert promises.coming() is None
    assert not Notice.objects.exists()


def test_posted_once_however_often_and_taken_back_before_its_day(file):
    words = ("publish", file, "--effective", str(in_days(20)))
    assert told(*words)["state"] == "posted"
    assert told(*words)["state"] == "posted before"
    assert promises.coming().ordinal == 1
    assert told("unpublish")["state"] == "withdrawn"
    assert promises.coming() is None
    assert Notice.objects.get().withdrawn


def test_a_day_that_is_over_and_a_file_that_is_none_are_refused(file, tmp_path):
    assert "P010" in str(run("publish", file, "--effective", "2020-01-01").exception) or (
        run("publish", file, "--effective", "2020-01-01").exit_code == 2
    )
    assert run("publish", str(tmp_path / "none.toml")).exit_code != 0
    assert promises.coming() is None


def test_the_first_version_of_a_site_is_posted_and_noticed_by_nobody(post, settings, tmp_path):
    file = tmp_path / "first.toml"
    file.write_text(USIMPRINTS, "utf-8")
    settings.KEPT = {**settings.KEPT, "POLICY": tmp_path / "policy.toml"}
    with pytest.raises(KeptError, match=r"P002.*`kept policy publish"):
        promises.current()
    assert told("publish", str(file), "--dry-run")["state"] == "not posted"
    assert told("publish", str(file))["state"] == "posted"
    assert told("publish", str(file))["state"] == "posted before"
    assert promises.current().ordinal == 0
    assert (tmp_path / "policy.toml").read_text("utf-8") == USIMPRINTS
    assert not Notice.objects.exists()
