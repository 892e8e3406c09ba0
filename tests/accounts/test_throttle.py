"""Guessing one name's password becomes slow, then stops; nothing tells whose name it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kept._kit import clock
from kept.keepers.accounts import throttle
from kept.keepers.accounts.models import SignInAttempts

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: float) -> object:
    return clock.only_for_testing_at(START + timedelta(seconds=seconds))


def test_the_first_attempts_are_free_then_the_wait_doubles_up_to_its_limit():
    moment, waits = 0.0, []
    for _ in range(20):
        with at(moment):
            assert throttle.wait("zoe@example.org") == 0
        with at(moment):
            refused = throttle.wait("zoe@example.org") if len(waits) >= 4 else 0
        waits.append(refused)
        moment += refused
    assert waits[:5] == [0, 0, 0, 0, 1] or waits[:4] == [0, 0, 0, 0]
    assert max(waits) == throttle.LONGEST_WAIT.total_seconds()
    assert sorted(waits) == waits


def test_the_hundredth_attempt_in_a_row_is_the_last_of_the_day():
    moment = 0.0
    for _ in range(throttle.MOST_IN_A_ROW):
        with at(moment):
            assert throttle.wait("zoe@example.org") == 0
        moment += throttle.LONGEST_WAIT.total_seconds()
    with at(moment):
        assert throttle.wait("zoe@example.org") > 80_000
    with at(moment + throttle.FORGET_AFTER.total_seconds()):
        assert throttle.wait("zoe@example.org") == 0


def test_signing_in_forgets_the_attempts():
    throttle.wait("zoe@example.org")
    throttle.forget("zoe@example.org")
    assert not SignInAttempts.objects.exists()


def test_a_row_is_gone_a_day_after_its_last_attempt():
    with at(0):
        throttle.wait("zoe@example.org")
    with at(throttle.FORGET_AFTER.total_seconds()):
        throttle.wait("max@example.org")
    assert SignInAttempts.objects.count() == 1


@pytest.mark.parametrize(
    "spelling", ["ZOE@example.org", " zoe@example.org ", "\uff5aoe@example.org", "zo e@example.org"]
)
def test_another_spelling_is_the_same_name(spelling):
    throttle.wait("zoe@example.org")
    throttle.wait(spelling)
    assert SignInAttempts.objects.count() == 1


def test_two_spellings_of_a_domain_are_the_same_name():
    throttle.wait("zoe@müller.example")
    throttle.wait("zoe@xn--mller-kva.example")
    assert SignInAttempts.objects.count() == 1


def test_no_name_stands_in_the_row():
    throttle.wait("zoe@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kept_accounts_signinattempts")
        assert "zoe" not in str(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_attempts_side_by_side_do_not_slip_through():
    def attempt(_: int) -> int:
        try:
            return throttle.wait("zoe@example.org")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(24)))
    assert 1 <= answers.count(0) <= throttle.FREE
