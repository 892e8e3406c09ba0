"""A client with an account under the reference policy, and a changed policy to be posted."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from kept import policy
from kept._kit import clock
from kept.keepers.notices import flows
from kept.promises import posting
from tests.accounts.conftest import _fresh_brake, client_of_ours, person, world
from tests.posting import changed, post, usimprints

__all__ = ["_fresh_brake", "client_of_ours", "person", "post", "usimprints", "world"]

NAVIGATED = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
    "Sec-Fetch-Site": "same-origin",
}
LABEL = ('version = "2016-03-16"', 'version = "next"')
WIDER = ('for = ["serve-account", "transaction"]', 'for = ["serve-account", "transaction", "news"]')


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def at(day: date) -> Any:
    """The clock at noon of that day."""
    return clock.only_for_testing_at(datetime.combine(day, time(12), tzinfo=UTC))


def new(day: date, *pairs: tuple[str, str]) -> policy.Policy:
    """The reference policy, changed, for a day."""
    return posting.read(changed(LABEL, *pairs), "new.toml", day)


@pytest.fixture
def notice(client_of_ours):
    """A version that takes effect in ten days, posted with its notice."""
    return flows.publish(new(in_days(10), WIDER))[1]
