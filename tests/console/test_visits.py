"""The operator sees counts of published visits, and nothing of anyone's."""

from datetime import UTC, datetime, timedelta

import pytest

from kept._kit import clock, crypto
from kept.keepers.visits import publishing, tokens
from kept.keepers.visits.collecting import EVERY, Collector

NOW = datetime(2026, 5, 20, 13, tzinfo=UTC)


@pytest.fixture
def visits(usimprints, settings, tmp_path):
    """Three days with 60, 0 and 20 views."""
    settings.KEPT = {**settings.KEPT, "DATA": tmp_path}
    for back, views in ((2, 60), (0, 20)):
        moment = (NOW - timedelta(days=back)).replace(hour=1).timestamp()
        collector = Collector(moment)
        for n in range(views):
            page = "/" if n % 4 else "/products/bags/"
            collector.view(page, f"203.0.113.{n}")
            token = tokens.mint(crypto.Cipher(collector.key), page, moment)
            collector.leave(token, moment + 45)
        collector.robot("/")
        with clock.only_for_testing_at(NOW):
            publishing.publish(collector.end(moment), moment - moment % EVERY)
    with clock.only_for_testing_at(NOW):
        yield


def test_the_page_shows_days_pages_and_reading_times_without_addresses(visits, desk):
    page = desk.get("/console/visits/").content.decode()
    assert "80 views" in page
    assert "18 May: 60 views, 1 by a robot" in page
    assert "19 May: 0 views" in page
    assert "Views of robots are counted apart: 2." in page
    assert "under 10 seconds: 0; 10 to 30 seconds: 0; 30 to 60 seconds: 80;" in page
    assert 'aria-label="0, 0, 20, 0, 0, 0"' in page
    assert "/products/bags/" in page
    assert "203.0.113." not in page


def test_addresses_that_were_dropped_and_views_that_were_lost_are_told(visits, desk):
    page = desk.get("/console/visits/").content.decode()
    assert "20, because too few others" in page
    assert "0 views lost" in page


def test_nobody_else_sees_it(visits, client):
    assert client.get("/console/visits/").status_code == 302
