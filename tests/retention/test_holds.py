"""A hold keeps what it covers past its time, and lets the rest go."""

from datetime import date

import pytest

from kept import vault
from kept._kit.errors import KeptError
from kept.keepers.forms.models import Submission
from kept.keepers.retention import sweeping
from tests.posting import changed
from tests.retention.conftest import at

pytestmark = pytest.mark.django_db(transaction=True)

HOLDS = '[holds.dispute]\nsays = "to settle disputes"\n\n[erasure] '


@pytest.fixture
def held(post, inquire):
    """An inquiry under a hold until 2027, and one that came in after the hold."""
    with at("2024-01-01"):
        post(changed(("[erasure] ", HOLDS)))
    row = inquire("2024-02-29")
    with at("2024-03-01"):
        vault.place_hold(row.subject_id, "dispute", date(2027, 1, 31), "op1")
    inquire("2024-03-02")
    return row


def test_what_a_hold_covers_stays_and_the_rest_goes(held):
    with at("2026-06-01"):
        assert sweeping.sweep().by_point == {"inquiry": 1}
        assert list(Submission.objects.values_list("pk", flat=True)) == [held.pk]
        assert sweeping.sweep(look=True).keys == 0
    assert Submission.objects.filter(pk=held.pk).exists()


def test_once_it_is_over_the_row_goes_with_the_next_sweep(held):
    with at("2027-02-01"):
        vault.sweep_holds()
        assert sweeping.sweep().rows == 2
        assert not Submission.objects.exists()


def test_a_hold_of_an_unknown_reason_is_refused(inquire):
    row = inquire("2024-02-29")
    with pytest.raises(KeptError):
        vault.place_hold(row.subject_id, "luck", date(2027, 1, 31), "op1")
