"""People come back while they are being forgotten: nothing that was stored is cut off."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from kept import gate, vault
from kept.keepers.forms.models import Submission
from kept.keepers.retention import sweeping
from kept.vault.errors import NotStoredError
from tests.retention.conftest import at

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


def write(address: str, told: dict[str, int]) -> None:
    """As a form does: find the person, consent, row."""
    try:
        with gate.purpose("answer-inquiry", actor=gate.VISITOR):
            person = vault.find_or_make("email", address)
            vault.set_choices(person.pk, consent=["answer-inquiry"])
            row = Submission(point="inquiry", subject=person)
            row.put("email", "contact.email", address)
            row.put("message", "communication.message", "again")
            row.save()
        told["stored"] += 1
    except NotStoredError:
        told["refused"] += 1


def together(failed: list[BaseException], *works: Callable[[], None]) -> None:
    """All at once, each on a connection of its own; what they raised is in `failed`."""

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_whoever_writes_while_they_are_forgotten_is_stored_whole_or_told(inquire: Any):
    for number in range(PEOPLE):
        inquire("2024-02-28", f"p{number}@example.org")
    told = {"stored": 0, "refused": 0}
    failed: list[BaseException] = []

    def sweep() -> None:
        for _ in range(3):
            sweeping.sweep(look=True)

    def visit() -> None:
        for number in range(PEOPLE * 2):
            write(f"p{number % PEOPLE}@example.org", told)

    with at("2026-02-28"):
        together(failed, sweep, visit, visit)
        assert failed == []
        assert told["stored"] + told["refused"] == PEOPLE * 4
        assert Submission.objects.count() == told["stored"]
        with gate.purpose("answer-inquiry"):
            for row in Submission.objects.all():
                assert row.open("message") == "again"
                assert vault.find("email", row.open("email")) == row.subject_id
    assert told["stored"] > PEOPLE
