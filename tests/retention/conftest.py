"""Rows of every age, made through the real fields under posted policies."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from kept import gate, promises, vault
from kept._kit import clock
from kept.keepers.forms.models import Submission
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]

Make = Callable[..., Submission]


def at(day: date | str) -> Any:
    """The clock at noon of that day."""
    moment = date.fromisoformat(day) if isinstance(day, str) else day
    return clock.only_for_testing_at(datetime.combine(moment, time(12), tzinfo=UTC))


@pytest.fixture
def inquire(usimprints: promises.Adopted) -> Make:
    """Make an inquiry as it would have come in on a day."""

    def make(day: str, address: str = "zoe.canary@example.org") -> Submission:
        with at(day), gate.purpose("answer-inquiry", actor=gate.VISITOR):
            person = vault.find_or_make("email", address)
            vault.set_choices(person.pk, consent=["answer-inquiry"])
            row = Submission(point="inquiry", subject=person)
            row.put("name", "identity.name", "Zoe")
            row.put("email", "contact.email", address)
            row.put("message", "communication.message", "mugs")
            row.save()
        return row

    return make
