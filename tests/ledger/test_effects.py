"""Reconciliation: what stands in the data database and what the log says of it."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from kept._kit.errors import KeptError
from kept.ledger import (
    Collected,
    Dropped,
    Expired,
    Removed,
    RestoredFrom,
    check_whole,
    effect,
    forget,
    record,
    record_now,
    sequence_once,
)
from kept.ledger.checking.effects import only_for_testing_forget
from kept.ledger.models import Outbox
from kept.vault.models import Subject


class Rows:
    """Rows of a model that stands in for a keeper's: any with a random id will do."""

    def all(self):
        return Subject.objects.all()

    def add(self, row: UUID) -> None:
        Subject.objects.create(pk=row, collected=0)

    def remove(self, row: UUID) -> None:
        Subject.objects.filter(pk=row).delete()


@pytest.fixture
def rows(ledger) -> Iterator[Rows]:
    """The rows of a model, registered."""
    made = Rows()
    effect("test rows", Collected, made.all, subject="pk")
    yield made
    only_for_testing_forget("test rows")


def _collect(rows: Rows, subject: UUID | None = None) -> UUID:
    row = uuid4()
    with transaction.atomic():
        rows.add(row)
        record(Collected("inquiry", 0, (), row), subject or row)
    return row


def _found() -> dict[str, str]:
    return {finding.code.id: finding.message for finding in check_whole().findings}


def test_rows_and_events_agree_whether_sequenced_or_waiting(rows):
    for _ in range(3):
        _collect(rows)
    sequence_once()
    _collect(rows)
    assert _found() == {}
    assert check_whole().checked["effects"] == 4


def test_a_row_without_an_event_is_reported(rows):
    _collect(rows)
    alone = uuid4()
    rows.add(alone)
    assert str(alone) in _found()["L029"]


def test_a_deleted_waiting_entry_is_noticed_by_its_row(rows):
    _collect(rows)
    Outbox.objects.all().delete()
    assert "L029" in _found()


def test_an_event_whose_row_is_gone_is_reported_unless_retention_says_so(rows):
    rows.remove(_collect(rows))
    _collect(rows)
    sequence_once()
    assert _found()["L030"].startswith("`1` rows")
    with transaction.atomic():
        record(Expired("inquiry", 1), None)
    assert _found() == {}


def test_rows_that_a_restored_older_copy_lost_are_explained(rows):
    for _ in range(2):
        rows.remove(_collect(rows))
    sequence_once()
    assert _found()["L030"].startswith("`2` rows")
    record_now(RestoredFrom("data", 0, 1), None)
    sequence_once()
    assert "explain `1` of them" in _found()["L030"]
    record_now(RestoredFrom("data", 0, 1), None)
    assert "L030" not in _found()


def test_the_rows_of_an_erased_person_are_not_missed(rows, ledger):
    subject = uuid4()
    rows.remove(_collect(rows, subject))
    sequence_once()
    ledger.destroy(subject)
    assert _found() == {}
    forget(subject)
    assert _found() == {}


def test_an_effect_is_registered_once_and_for_a_kind_that_names_rows(rows):
    with pytest.raises(KeptError, match="L009"):
        effect("test rows", Collected, rows.all)
    with pytest.raises(KeptError, match="L001"):
        effect("others", Dropped, rows.all)


def test_expired_rows_of_one_point_explain_no_loss_at_another(rows):
    rows.remove(_collect(rows))
    with transaction.atomic():
        record(Expired("testimonial", 5), None)
    assert "L030" in _found()


def test_what_a_flow_removed_by_name_is_not_missed(rows):
    first, second = _collect(rows), _collect(rows)
    rows.remove(first)
    rows.remove(second)
    with transaction.atomic():
        record(Removed("inquiry", first), first)
    assert f"such as `{second}`" in _found()["L030"]
    with transaction.atomic():
        record(Removed("inquiry", second), second)
    assert _found() == {}


def test_an_entry_that_is_sequenced_while_it_is_checked_counts_once(rows, monkeypatch):
    """What waits is read first; the walk meets the same entry again."""
    from kept.ledger.checking import rounds

    for _ in range(3):
        _collect(rows)
    real = rounds.waiting

    def meanwhile(ledger):
        found = real(ledger)
        sequence_once()
        return found

    counted = []
    monkeypatch.setattr(rounds, "waiting", meanwhile)
    only_for_testing_forget("test rows")
    effect("test rows", Collected, rows.all, subject="pk", says=lambda _: counted.append(1) or 1)
    assert _found() == {}
    assert len(counted) == 3
