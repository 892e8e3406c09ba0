"""Rows whose person stands in a child's table, or behind a many-to-many key, are reached too."""

from typing import Any

import pytest

from kept import gate, vault
from kept.keepers.retention.reach import kept_models
from kept.vault import finding
from tests.vault.crowd import models as M

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zoe() -> Any:
    return vault.make()


@pytest.fixture
def ada() -> Any:
    return vault.make()


def found(person: Any) -> dict[str, int]:
    return {
        one.holding.label: one.expected for one in finding.everything(person.pk) if one.expected
    }


def test_who_is_in_a_team_is_found_and_goes(zoe: Any, ada: Any):
    team = M.Team.objects.create()
    team.members.add(zoe, ada)
    assert found(zoe)["crowd.Team_members"] == 1
    done = vault.erase(zoe.pk)
    assert (done.done, done.expected, done.reached) == (True, 1, 1)
    assert list(team.members.all()) == [ada]


def test_a_child_of_a_model_without_people_goes_with_its_parents_row(zoe: Any, ada: Any):
    theirs = M.Home.objects.create(owner=ada, size=1)
    M.Home.objects.create(owner=zoe, size=2)
    bare = M.Venue.objects.create(size=3)
    assert found(zoe)["crowd.Home"] == 1
    done = vault.erase(zoe.pk)
    assert (done.done, done.expected, done.reached) == (True, 1, 1)
    assert set(M.Venue.objects.values_list("pk", flat=True)) == {theirs.pk, bare.pk}


def test_an_envelope_in_a_childs_table_is_saved_counted_kept_and_erased(zoe: Any, ada: Any):
    with gate.purpose("serve"):
        for person in (zoe, ada):
            M.Cabin.objects.create(subject_id=person.pk, name="Zoe", size=1)
        row = M.Cabin.objects.get(subject=zoe)
        row.name, row.size = "Mia", 2
        row.save()
        again = M.Cabin.objects.get(subject=zoe)
        assert (again.name, again.size, again.revision) == ("Mia", 2, 1)
    assert M.Cabin in {model for model, _ in vault.sealed_tables()}
    assert M.Cabin in {one.model for one in kept_models()}
    assert found(zoe)["crowd.Cabin"] == 1
    done = vault.erase(zoe.pk)
    assert (done.done, done.expected, done.reached) == (True, 1, 1)
    assert M.Venue.objects.count() == 1
    with gate.purpose("serve"):
        assert M.Cabin.objects.get().name == "Zoe"


def test_people_with_rows_in_childrens_tables_are_merged(zoe: Any, ada: Any):
    with gate.purpose("serve"):
        M.Cabin.objects.create(subject_id=zoe.pk, name="Zoe")
        M.Home.objects.create(owner=zoe)
        M.Team.objects.create().members.add(zoe)
        vault.merge(zoe.pk, ada.pk, by="aa")
        assert M.Cabin.objects.get(subject=ada).name == "Zoe"
    assert M.Home.objects.get().owner_id == ada.pk
    assert M.Team.members.through.objects.get().subject_id == ada.pk


def test_what_is_kept_with_a_reason_keeps_what_it_hangs_on_without_the_person(zoe: Any, ada: Any):
    billed, loose = (M.Order.objects.create(subject=zoe) for _ in range(2))
    M.Bill.objects.create(order=billed)
    M.Bill.objects.create(order=M.Order.objects.create(subject=ada))
    done = vault.erase(zoe.pk)
    assert (done.done, done.expected, done.reached) == (True, 2, 2)
    assert M.Bill.objects.count() == 2
    billed.refresh_from_db()
    assert billed.subject_id not in (zoe.pk, ada.pk)
    assert not M.Order.objects.filter(pk=loose.pk).exists()
    assert not [label for label in found(zoe) if label.startswith("crowd.")]


def test_tables_that_refer_to_each_other_are_counted_whole(zoe: Any, ada: Any):
    for person in (zoe, ada):
        holder = M.Holder.objects.create(subject=person)
        holder.main = M.Card.objects.create(subject=person, holder=holder)
        holder.save()
        left = M.Left.objects.create(subject=person)
        left.right = M.Right.objects.create(subject=person, left=left)
        left.save()
    done = vault.erase(zoe.pk)
    assert (done.done, done.expected, done.reached) == (True, 4, 4)
    for model in (M.Holder, M.Card, M.Left, M.Right):
        assert model.objects.get().subject_id == ada.pk


def test_a_ring_in_which_somebody_elses_row_hangs_is_detached(zoe: Any, ada: Any):
    left = M.Left.objects.create(subject=zoe)
    theirs = M.Right.objects.create(subject=ada, left=left)
    left.right = theirs
    left.save()
    done = vault.erase(zoe.pk)
    assert done.done, done
    theirs.refresh_from_db()
    assert (theirs.subject_id, theirs.left_id) == (ada.pk, left.pk)
    assert M.Left.objects.get().subject_id not in (zoe.pk, ada.pk)


def test_a_sealed_row_is_of_one_table_only():
    from tests.vault.host.models import BaseInquiry, LongInquiry

    tables = [model for model, _ in vault.sealed_tables()]
    assert BaseInquiry in tables
    assert LongInquiry not in tables
    assert len(tables) == len(set(tables))
