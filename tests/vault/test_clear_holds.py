"""A hold keeps clear text too: rows of tables that seal nothing, however they are found."""

from typing import Any

import pytest
from django.db import transaction

from kept import gate, vault
from kept._kit.ids import new_id
from kept.vault.errors import RefusedError
from kept.vault.keystore import holds as noted
from kept.vault.keystore import keystore
from kept.vault.models import Link
from tests.vault import catalogue as c
from tests.vault.held import HOLDS, STAFF, in_days
from tests.vault.policies import gate_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_force() -> Any:
    with gate.only_for_testing_in_force(gate_of(HOLDS)):
        yield
    for entry in noted.standing(keystore().database):
        noted.release(keystore().database, entry)


class Clear:
    """A person of whom there are only clear rows of somebody else's."""

    def __init__(self) -> None:
        from tests.vault.host import models as M

        self.author = M.Author.objects.create(email=c.email(), name="Zoe")
        self.subject: Any = vault.subject_of(self.author)
        self.comment = M.Comment.objects.create(author=self.author, message="hello")
        self.other = M.Author.objects.create(email=c.email(), name="Ada")

    def left(self) -> dict[str, tuple[str, str] | str]:
        """The clear text that is there of the person."""
        authors = type(self.author).objects.filter(pk=self.author.pk)
        comments = type(self.comment).objects.filter(pk=self.comment.pk)
        return {one.name: one.email for one in authors} | {one.message: "" for one in comments}


def test_clear_rows_under_a_hold_outlive_the_erasure_and_go_when_it_ends():
    zoe = Clear()
    before = zoe.left()
    made = vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    done = vault.erase(zoe.subject)
    assert done.done
    assert zoe.left() == before
    assert {(one.label, one.rows, one.why, one.until) for one in done.remains} == {
        ("vaulttests.Author", 1, "holds.legal", in_days(30)),
        ("vaulttests.Comment", 1, "holds.legal", in_days(30)),
    }
    assert vault.erase(zoe.subject).done  # once more, as after a restore
    assert zoe.left() == before
    lifted = vault.lift_hold(made.id, STAFF)
    assert lifted is not None
    assert (lifted.done, lifted.remains) == (True, ())
    assert zoe.left() == {}
    assert not Link.objects.filter(subject=zoe.subject).exists()
    assert type(zoe.other).objects.filter(pk=zoe.other.pk).exists()


def test_what_a_held_clear_row_hangs_on_stays_and_what_is_not_covered_goes():
    zoe, ada = Clear(), Clear()
    vault.place_hold(zoe.subject, "billing", in_days(30), STAFF)  # communication: the comment
    vault.place_hold(ada.subject, "names", in_days(30), STAFF)  # a name: the author
    zoe_before, ada_before = zoe.left(), ada.left()
    told = {one.label: one.why for one in vault.erase(zoe.subject).remains}
    assert zoe.left() == zoe_before
    assert told == {"vaulttests.Author": "needed", "vaulttests.Comment": "holds.billing"}
    vault.erase(ada.subject)
    assert zoe.left() == zoe_before
    assert ada.left() == {name: ada_before[name] for name in ("Zoe",)}


def test_a_hold_noted_and_cut_off_before_anything_else_keeps_clear_rows():
    zoe = Clear()
    before = zoe.left()
    entry = noted.HoldEntry(zoe.subject, new_id(), in_days(3), "legal", STAFF)
    noted.place(keystore().database, entry)
    vault.erase(zoe.subject)
    assert zoe.left() == before


def test_a_hold_whose_clause_left_the_policy_keeps_clear_rows():
    zoe = Clear()
    before = zoe.left()
    vault.place_hold(zoe.subject, "billing", in_days(3), STAFF)
    text = HOLDS.replace("[holds.billing]", "[holds.other]")
    with gate.only_for_testing_in_force(gate_of(text)):
        vault.erase(zoe.subject)
        assert zoe.left() == before


def test_clear_rows_of_a_merged_person_stay_under_the_hold_that_stood_on_them():
    zoe, ada = Clear(), Clear()
    before = zoe.left()
    vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", STAFF)):
        vault.merge(zoe.subject, ada.subject, by=STAFF)
    vault.erase(ada.subject)
    assert zoe.left() == before


def test_a_retention_that_removes_a_row_leaves_the_one_that_a_held_clear_row_hangs_on():
    from tests.vault.held import Somebody

    zoe = Somebody()
    vault.place_hold(zoe.subject, "names", in_days(30), STAFF)
    rows = type(zoe.chat).objects.filter(pk=zoe.chat.pk)
    inquiries = type(zoe.inquiry).objects.filter(pk=zoe.inquiry.pk)
    with transaction.atomic():
        vault.lock_people([zoe.subject])
        assert list(vault.not_held(zoe.subject, rows)) == [zoe.chat]
        assert list(vault.not_held(zoe.subject, inquiries)) == []


def test_a_merger_that_would_drop_a_held_row_is_refused_before_anything_changes():
    from kept.keepers.mailings.models import Subscription
    from kept.vault.models import Subject

    zoe, ada = Clear(), Clear()
    with gate.purpose("serve"):
        for one in (zoe, ada):
            row = Subscription(subject_id=one.subject, point="inquiry")
            row.put("email", "contact.email", c.email())
            row.save()
    vault.place_hold(zoe.subject, "legal", in_days(30), STAFF)
    with (
        gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", STAFF)),
        pytest.raises(RefusedError, match=r"V042.*a hold keeps"),
    ):
        vault.merge(zoe.subject, ada.subject, by=STAFF)
    assert set(Subject.objects.values_list("state", flat=True)) >= {"active"}
    assert Subscription.objects.count() == 2
