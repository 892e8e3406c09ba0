"""A new version is posted for a day, governs from that day on, and can be withdrawn before it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from kept import gate, promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.conf import settings as configured
from kept.promises import posting
from kept.promises.models import PolicyVersion
from tests.posting import USIMPRINTS, changed

pytestmark = pytest.mark.django_db

DAY = date(2027, 3, 1)
SHORTER = ('version = "2016-03-16"', 'version = "2027-03-01"')


def at(day: date) -> object:
    return clock.only_for_testing_at(datetime.combine(day, time(0, 0, 1), tzinfo=UTC))


def new(day: date = DAY) -> object:
    return posting.read(changed(SHORTER), "new.toml", day)


def test_a_version_of_a_day_to_come_does_not_govern_before_it(usimprints):
    with at(DAY - timedelta(days=40)):
        made = posting.publish(new())
        assert made.new
        assert promises.current().ordinal == 0
        assert promises.coming().ordinal == 1
        assert gate.in_force().in_force[0] == 0
    with at(DAY - timedelta(days=1)):
        assert gate.in_force().in_force[0] == 0
    with at(DAY):
        assert gate.in_force().in_force[0] == 1
        assert promises.current().label == "2027-03-01"
        assert promises.coming() is None


def test_posting_again_changes_nothing_and_a_start_posts_nothing_old(usimprints):
    with at(DAY - timedelta(days=40)):
        posting.publish(new())
        assert not posting.publish(new()).new
        assert not promises.adopt().new
        assert configured().policy.read_text("utf-8") == new().text
    with at(DAY + timedelta(days=1)):
        assert not promises.adopt().new
    assert PolicyVersion.objects.count() == 2


def test_a_host_that_still_has_the_old_file_does_not_undo_the_posting(usimprints):
    with at(DAY - timedelta(days=40)):
        posting.publish(new())
        Path(configured().policy).write_text(USIMPRINTS, "utf-8")
        assert not promises.adopt().new
    assert PolicyVersion.objects.count() == 2


def test_a_start_between_the_file_and_the_posting_posts_the_same(usimprints, monkeypatch):
    with at(DAY - timedelta(days=40)):
        monkeypatch.setattr("kept.promises.versions.post", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            posting.publish(new())
        monkeypatch.undo()
        assert promises.adopt().new
        assert not posting.publish(new()).new
    assert PolicyVersion.objects.count() == 2


def test_it_is_withdrawn_before_its_day_and_stays_readable(usimprints, client):
    with at(DAY - timedelta(days=40)):
        posting.publish(new())
        page = client.get("/privacy/").content.decode()
        assert "A new version takes effect on" in page
        assert posting.withdraw().ordinal == 1
        assert configured().policy.read_text("utf-8") == USIMPRINTS
        assert "A new version takes effect on" not in client.get("/privacy/").content.decode()
        assert client.get("/privacy/history/1/").status_code == 200
        assert "withdrawn" in client.get("/privacy/history/").content.decode()
        with pytest.raises(KeptError, match="P012"):
            posting.withdraw()
        assert posting.publish(new()).posted.ordinal == 2
    with at(DAY):
        assert gate.in_force().versions == (0, 2)
        with pytest.raises(KeptError, match="P012"):
            posting.withdraw()


def test_the_day_is_kept_that_the_policy_promises_to_wait(post):
    post(
        changed(('agreement = "continued use"', 'agreement = "continued use"\nnotice = "30 days"'))
    )
    with at(DAY - timedelta(days=29)), pytest.raises(KeptError, match="P010"):
        posting.publish(new())
    with at(DAY - timedelta(days=30)):
        assert posting.publish(new()).new
    with at(DAY), pytest.raises(KeptError, match="P010"):
        posting.publish(posting.read(changed(("send us", "write us")), "x.toml", date(2027, 1, 1)))


def test_versions_take_effect_in_the_order_they_were_posted(usimprints):
    other = posting.read(
        changed(SHORTER, ("send us", "write us")), "x.toml", DAY - timedelta(days=9)
    )
    with at(DAY - timedelta(days=40)):
        posting.publish(new())
        with pytest.raises(KeptError, match="P011"):
            posting.publish(other)


def test_a_file_with_errors_is_not_posted(usimprints):
    with pytest.raises(KeptError, match="P001"):
        posting.read(USIMPRINTS.replace('basis = "consent"', 'basis = "luck"'), "x.toml")
    assert configured().policy.read_text("utf-8") == USIMPRINTS
