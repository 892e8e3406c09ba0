"""A restored backup brings back nothing whose time is over, and nobody who was forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest

from kept import promises, vault
from kept.keepers.forms.models import Submission
from kept.keepers.retention import sweeping
from kept.vault import backups
from kept.vault.keystore import only_for_testing_use
from kept.vault.models import State, Subject
from tests.backups.conftest import place, roots
from tests.retention.conftest import at
from tests.retention.test_sweeping import ADA, ZOE

__all__ = ["place", "roots"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_keys(place: Any) -> Iterator[Any]:
    """A key store of this test's own, with its own journal."""
    with only_for_testing_use(place.store()) as store:
        yield store


def restore(made: Any) -> Any:
    """As `kept restore` does."""
    return backups.restore(
        made.folder, None, prepare=promises.adopt, retain=(sweeping.sweep, vault.sweep_files)
    )


def test_what_ended_since_the_backup_is_removed_before_anything_is_served(inquire):
    inquire("2024-02-29")
    stays = inquire("2025-06-30", ADA)
    with at("2026-01-01"):
        made = backups.data()
    with at("2026-03-01"):
        restore(made)
    assert list(Submission.objects.values_list("pk", flat=True)) == [stays.pk]
    assert vault.find("email", ZOE) is None


def test_who_was_forgotten_since_the_backup_does_not_come_back(inquire):
    zoe = inquire("2024-02-29")
    inquire("2025-06-30", ADA)
    with at("2026-01-01"):
        made = backups.data()
    with at("2026-03-01"):
        assert sweeping.sweep().people == 1
        report = restore(made)
        assert report.people == 1
    assert not Submission.objects.filter(pk=zoe.pk).exists()
    assert not Subject.objects.filter(pk=zoe.subject_id, state=State.ACTIVE).exists()
    assert vault.find("email", ZOE) is None
