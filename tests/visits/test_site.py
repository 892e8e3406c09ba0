"""Pages of the policy's routes are counted by a collector of its own, and by nothing else."""

import sqlite3

import pytest

from kept.keepers.visits import middleware, publishing, store
from kept.keepers.visits.batches import DISTINCT
from kept.keepers.visits.middleware import READ_PATH
from tests.posting import changed
from tests.visits.conftest import rows

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def look(client, path="/", address="203.0.113.9", **headers):
    return client.get(path, REMOTE_ADDR=address, headers={**BROWSER, **headers})


def token_of(response) -> str:
    return response.headers["Server-Timing"].split('"')[1]


def test_views_come_out_with_addresses_when_there_are_enough_of_them(start, client):
    collector = start()
    for n in range(DISTINCT):
        assert look(client, address=f"203.0.113.{n}").status_code == 200
    collector.stop()
    assert rows("SELECT count(*), count(DISTINCT batch) FROM address") == [(DISTINCT, 1)]
    assert rows("SELECT page, views FROM page") == [("/", DISTINCT)]


def test_a_few_views_are_counted_without_their_addresses(start, client, data):
    collector = start()
    look(client, address="198.51.100.77")
    collector.stop()
    assert rows("SELECT page, views, robots FROM page") == [("/", 1, 0)]
    assert rows("SELECT * FROM address") == []
    for file in (path for path in data.rglob("*") if path.is_file()):
        assert b"198.51.100.77" not in file.read_bytes()


def test_the_time_of_reading_is_counted_once_and_without_cookies(start, client):
    collector = start()
    token = token_of(look(client))
    for _ in range(2):
        answer = client.post(READ_PATH, token, content_type="text/plain")
        assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    collector.stop()
    assert rows("SELECT page, step, times FROM reading") == [("/", 0, 1)]


@pytest.mark.parametrize("body", ["", "x", "####", "A" * 5000, "\x00\xff"])
def test_a_forged_token_changes_nothing_and_is_answered_alike(start, client, body):
    collector = start()
    assert client.post(READ_PATH, body, content_type="text/plain").status_code == 204
    collector.stop()
    assert rows("SELECT * FROM reading") == []


@pytest.mark.parametrize("path", ["/ask/", "/thanks/", "/account/login/", "/privacy/", "/nowhere/"])
def test_forms_thanks_accounts_and_privacy_pages_are_not_recorded(start, client, path):
    collector = start()
    assert "Server-Timing" not in look(client, path).headers
    collector.stop()
    assert rows("SELECT * FROM page") == []


def test_a_query_is_no_part_of_what_is_recorded(start, client):
    collector = start()
    look(client, "/?mail=zoe@example.org")
    collector.stop()
    assert rows("SELECT page FROM page") == [("/",)]


def test_a_robot_is_counted_apart(start, client):
    collector = start()
    look(client, **{"User-Agent": "ExampleBot/2.1 (+http://bot.example)"})
    collector.stop()
    assert rows("SELECT page, views, robots FROM page") == [("/", 0, 1)]


@pytest.mark.parametrize("signal", [{"Sec-GPC": "1"}, {"DNT": "1"}])
def test_an_honoured_signal_leaves_no_trace_of_the_view(start, client, signal):
    collector = start()
    assert "Server-Timing" not in look(client, **signal).headers
    collector.stop()
    assert rows("SELECT * FROM page") == []


def test_a_signal_that_the_policy_ignores_changes_nothing(start, client, post):
    post(changed(('do-not-track = "honoured"', 'do-not-track = "ignored"')))
    collector = start()
    look(client, **{"DNT": "1"})
    collector.stop()
    assert rows("SELECT views FROM page") == [(1,)]


def test_a_category_that_left_the_clause_is_not_recorded(start, client, post):
    post(changed(('collect = ["device.ip", "web.page", "web.dwell"]', 'collect = ["web.page"]')))
    collector = start()
    for n in range(DISTINCT + 5):
        assert "Server-Timing" not in look(client, address=f"203.0.113.{n}").headers
    collector.stop()
    assert rows("SELECT views FROM page") == [(DISTINCT + 5,)]
    assert rows("SELECT * FROM address") == []


def test_a_page_with_a_token_is_kept_by_no_cache(start, client):
    start()
    response = look(client)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert token_of(response) not in response.content.decode()


def test_without_a_collector_pages_are_served_and_views_are_counted_as_lost(data, start, client):
    for _ in range(3):
        assert look(client).status_code == 200
    assert middleware.hand.lost == 3
    collector = start()
    look(client)
    collector.stop()
    assert rows("SELECT lost FROM batch") == [(3,)]
    assert rows("SELECT views FROM page") == [(1,)]


def test_what_a_killed_collector_had_in_memory_is_counted_as_lost(start, client):
    first = start()
    for _ in range(4):
        look(client)
    first.kill()
    second = start()
    for _ in range(3):  # the first of these finds out that the connection is gone
        look(client)
    second.stop()
    lost, seen = rows("SELECT sum(lost) FROM batch")[0][0], rows("SELECT sum(views) FROM page")
    assert lost + seen[0][0] == 7
    assert lost >= 4


def test_only_addresses_from_trusted_proxies_are_believed(start, client, settings):
    settings.KEPT = {**settings.KEPT, "TRUSTED_PROXIES": ["10.0.0.1"]}
    collector = start()
    for n in range(DISTINCT):
        forwarded = {"X-Forwarded-For": f"1.2.3.4, 203.0.113.{n}"}
        look(client, address="10.0.0.1", **forwarded)
        look(client, address="192.0.2.200", **forwarded)
    collector.stop()
    found = {address for (address,) in rows("SELECT address FROM address")}
    assert found == {f"203.0.113.{n}" for n in range(DISTINCT)} | {"192.0.2.200"}


def test_batches_are_deleted_when_their_keep_is_over(data):
    from datetime import UTC, datetime, timedelta

    from kept._kit import clock
    from kept.keepers.visits.collecting import Collector

    moment = datetime(2026, 3, 1, tzinfo=UTC)
    collector = Collector(moment.timestamp())
    collector.view("/", "203.0.113.1")
    batch = collector.end(moment.timestamp())
    with clock.only_for_testing_at(moment):
        publishing.publish(batch, moment.timestamp())
    with clock.only_for_testing_at(moment + timedelta(days=29)):
        assert publishing.forget_due() == 0
    with clock.only_for_testing_at(moment + timedelta(days=30)):
        assert publishing.forget_due() == 1
    with sqlite3.connect(store.folder() / "visits.sqlite3") as open_:
        assert open_.execute("SELECT count(*) FROM page").fetchone() == (0,)


def test_a_second_collector_of_a_project_is_refused_and_the_first_goes_on(start, client):
    first, second = start(), start()
    assert second.process.wait(20) != 0
    look(client)
    first.stop()
    assert rows("SELECT views FROM page") == [(1,)]


def test_a_view_that_cannot_be_judged_is_counted_as_lost_and_the_page_is_served(
    data, client, monkeypatch
):
    def broken(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(middleware.deciding, "recordable", broken)
    assert look(client).status_code == 200
    assert middleware.hand.lost == 1
