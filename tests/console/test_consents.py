"""Staff see how consent went, month by month, in counts; and until when things are kept."""

from datetime import UTC, datetime

import pytest

from kept._kit import clock
from kept.keepers.consent import flows
from kept.keepers.consent.figures import over_time
from tests.console.conftest import INQUIRY, write

pytestmark = pytest.mark.django_db


def at(year, month):
    return clock.only_for_testing_at(datetime(year, month, 15, 9, tzinfo=UTC))


@pytest.fixture
def year(usimprints, inquiry_of):
    """Three people who consented, one of whom withdrew."""
    with at(2026, 1):
        early = inquiry_of("early@example.org")
    with at(2027, 1):
        inquiry_of("later@example.org")
        inquiry_of("other@example.org")
    with at(2027, 3):
        flows.withdraw(early, ["answer-inquiry"])
    with at(2027, 4):
        yield


@pytest.fixture
def inquiry_of():
    from kept.keepers.forms.models import Submission

    def inquire(address):
        write("/ask/", {**INQUIRY, "email": address})
        return Submission.objects.order_by("-pk").values_list("subject", flat=True)[0]

    return inquire


def test_each_month_tells_what_was_given_withdrawn_and_stands(year):
    (line,) = over_time()
    assert line.purpose == "answer-inquiry"
    assert [(one.given, one.withdrawn, one.standing) for one in line.months] == [
        *[(0, 0, 1)] * 8, (2, 0, 3), (0, 0, 3), (0, 1, 2), (0, 0, 2),
    ]  # fmt: skip
    assert (line.months[0].first.isoformat(), line.months[-1].first.isoformat()) == (
        "2026-05-01", "2027-04-01",
    )  # fmt: skip


def test_the_page_draws_it_without_anyone(year, desk):
    page = desk.get("/console/consents/").content.decode()
    assert "Jan 2027: 2 given, 0 withdrawn, 3 in force at its end" in page
    assert "<strong>2</strong> in force" in page
    assert "example.org" not in page.partition("<main")[2].partition("</main")[0]


def test_nobody_consented_to_anything_yet(usimprints, desk):
    assert "Nobody consented to anything yet" in desk.get("/console/consents/").content.decode()


def test_what_is_over_and_what_ends_next_is_shown(usimprints, inquiry_of, desk):
    with at(2026, 1):
        inquiry_of("early@example.org")
    page = desk.get("/console/retention/").content.decode()
    assert "15 Jan 2028" in page
    assert "for 2 years" in page


@pytest.mark.parametrize("path", ["/console/consents/", "/console/retention/"])
def test_nobody_else_sees_it(usimprints, client, path):
    assert client.get(path).status_code == 302
