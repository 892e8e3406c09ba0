"""The collection day stands on every row, from the insert on."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps

from kept._kit import clock
from kept.vault.fields import SinceField

pytestmark = pytest.mark.django_db

FIRST = datetime(2024, 2, 29, 23, 59, tzinfo=UTC)
LATER = datetime(2031, 5, 1, 0, 0, tzinfo=UTC)


def test_a_row_bears_the_utc_day_it_came_in_and_keeps_it(models_in_scope: Any):
    M = models_in_scope
    with clock.only_for_testing_at(FIRST):
        made = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
    assert made.since == date(2024, 2, 29)
    with clock.only_for_testing_at(LATER):
        row = M.Inquiry.objects.get(pk=made.pk)
        row.since, row.name = date(2031, 5, 1), "Zo"
        row.save()
        row = M.Inquiry.objects.get(pk=made.pk)
        assert (row.since, row.name) == (date(2024, 2, 29), "Zo")
        row.since, row.state = None, "done"
        row.save()
    row.refresh_from_db()
    assert (row.since, row.state) == (date(2024, 2, 29), "done")


def test_a_day_that_is_given_with_the_row_stays(models_in_scope: Any):
    row = models_in_scope.Inquiry.objects.create(
        name="Ada", email="ada@x.org", since=date(2019, 3, 31)
    )
    row.refresh_from_db()
    assert row.since == date(2019, 3, 31)


def test_many_rows_at_once_bear_their_day(models_in_scope: Any):
    M = models_in_scope
    with clock.only_for_testing_at(FIRST):
        M.Inquiry.objects.bulk_create([M.Inquiry(name=str(n), email=f"{n}@x.org") for n in "ab"])
    assert {*M.Inquiry.objects.values_list("since", flat=True)} == {date(2024, 2, 29)}


def test_a_user_without_anything_collected_has_no_collection_day(models_in_scope: Any):
    M = models_in_scope
    user = M.Member.objects.create_user("staff-1")
    assert user.since is None
    with clock.only_for_testing_at(LATER):
        user.email = "zoe@x.org"
        user.save()
    user.refresh_from_db()
    assert user.since == date(2031, 5, 1)


def test_every_model_with_an_envelope_has_a_collection_day():
    sealed = [model for model in apps.get_models() if hasattr(model, "_kept_shape")]
    assert sealed
    for model in sealed:
        assert isinstance(model._meta.get_field("since"), SinceField), model._meta.label
