"""Rows of several people: each one's share goes with them, and nothing of anybody else's."""

from typing import Any

import pytest
from django.core.checks import CheckMessage

from kept import gate, vault
from kept.vault import finding
from kept.vault.holdings import checks
from kept.vault.models import Erasure, State, Subject
from tests.vault.crowd import models as M

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zoe() -> Any:
    return vault.make()


@pytest.fixture
def ada() -> Any:
    return vault.make()


def erase(person: Any, rows: int) -> vault.Erased:
    done = vault.erase(person.pk)
    assert done.done, done
    assert (done.expected, done.reached) == (rows, rows)
    return done


def is_pseudo(id: Any, *, not_in: tuple[Any, ...]) -> bool:
    return Subject.objects.get(pk=id).state == State.PSEUDO and id not in {one.pk for one in not_in}


def test_a_row_of_two_stays_for_the_second_without_the_first(zoe: Any, ada: Any):
    row = M.Letter.objects.create(sender=zoe, receiver=ada, signature="Zoe")
    erase(zoe, 1)
    row.refresh_from_db()
    assert is_pseudo(row.sender_id, not_in=(zoe, ada))
    assert (row.receiver_id, row.signature, row.word) == (ada.pk, "", "dear")
    erase(ada, 1)
    assert not M.Letter.objects.exists()


def test_a_way_that_may_be_empty_is_emptied(zoe: Any, ada: Any):
    row = M.Letter.objects.create(sender=zoe, receiver=ada, signature="Zoe")
    erase(ada, 1)
    row.refresh_from_db()
    assert (row.sender_id, row.receiver_id) == (zoe.pk, None)


@pytest.mark.parametrize("to", ["herself", "nobody"])
def test_a_row_that_is_nobody_elses_goes(zoe: Any, to: str):
    M.Letter.objects.create(sender=zoe, receiver=zoe if to == "herself" else None)
    erase(zoe, 1)
    assert not M.Letter.objects.exists()


def test_a_row_on_which_another_persons_hangs_is_detached_and_theirs_is_untouched(
    zoe: Any, ada: Any
):
    lonely = M.Letter.objects.create(sender=zoe)
    row = M.Letter.objects.create(sender=zoe, signature="Zoe")
    answer = M.Answer.objects.create(letter=row, author=ada)
    M.Answer.objects.create(letter=row, author=zoe)
    erase(zoe, 3)
    row.refresh_from_db()
    assert row.signature == ""
    assert is_pseudo(row.sender_id, not_in=(zoe, ada))
    assert list(M.Answer.objects.all()) == [answer]
    assert not M.Letter.objects.filter(pk=lonely.pk).exists()


def test_a_row_is_reached_through_three_keys_and_never_where_one_is_empty(zoe: Any, ada: Any):
    row = M.Letter.objects.create(sender=zoe)
    answer = M.Answer.objects.create(letter=row, author=zoe)
    for some in (answer, answer, None):
        M.Stamp.objects.create(answer=some)
    other = M.Answer.objects.create(letter=M.Letter.objects.create(sender=ada), author=ada)
    M.Stamp.objects.create(answer=other)
    found = {one.holding.label: one.expected for one in finding.everything(zoe.pk)}
    assert (found["crowd.Stamp"], found["crowd.Answer"], found["crowd.Letter"]) == (2, 1, 1)
    erase(zoe, 4)
    assert sorted(M.Stamp.objects.values_list("answer", flat=True), key=str) == [other.pk, None]


def test_a_sealed_row_that_others_answer_stays_empty_and_nobodys(zoe: Any, ada: Any):
    with gate.purpose("serve"):
        answered = M.Topic.objects.create(subject_id=zoe.pk, name="Zoe")
        M.Topic.objects.create(subject_id=zoe.pk, name="alone")
    first = M.Remark.objects.create(topic=answered, subject=zoe)
    second = M.Remark.objects.create(topic=answered, subject=ada, above=first)
    third = M.Remark.objects.create(topic=answered, subject=zoe, above=second)
    erase(zoe, 4)
    row = M.Topic.objects.get()
    assert (row.pk, bytes(row.sealed)) == (answered.pk, b"")
    assert is_pseudo(row.subject_id, not_in=(zoe, ada))
    second.refresh_from_db()
    assert second.subject_id == ada.pk
    first.refresh_from_db()
    assert is_pseudo(first.subject_id, not_in=(zoe, ada))
    assert not M.Remark.objects.filter(pk=third.pk).exists()
    with gate.purpose("serve"):
        assert row.name == ""


def test_each_anonymised_row_gets_a_pseudo_person_of_its_own(zoe: Any, ada: Any):
    for person in (zoe, ada):
        for topic in range(3):
            M.Vote.objects.create(voter=person, topic=topic, why="because")
    erase(zoe, 3)
    erase(ada, 3)
    voters = list(M.Vote.objects.values_list("voter", flat=True))
    assert len(voters) == len(set(voters)) == 6
    assert all(is_pseudo(one, not_in=(zoe, ada)) for one in voters)
    assert set(M.Vote.objects.values_list("why", flat=True)) == {""}


def test_what_is_kept_with_a_reason_is_not_touched(zoe: Any):
    row = M.Receipt.objects.create(subject=zoe)
    erase(zoe, 0)
    row.refresh_from_db()
    assert row.subject_id == zoe.pk


def test_twenty_five_hundred_rows_are_detached_in_batches(zoe: Any):
    M.Vote.objects.bulk_create(M.Vote(voter=zoe, topic=number) for number in range(2_500))
    erase(zoe, 2_500)
    assert M.Vote.objects.values("voter").distinct().count() == 2_500


def test_done_is_not_said_while_rows_are_left(zoe: Any, monkeypatch: pytest.MonkeyPatch):
    from kept.vault import purging

    M.Vote.objects.create(voter=zoe)
    M.Letter.objects.create(sender=zoe)
    with monkeypatch.context() as broken:
        broken.setattr(purging, "detach", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            vault.erase(zoe.pk)
    assert not Erasure.objects.get(pk=zoe.pk).purged
    (again,) = vault.finish_erasures()
    assert (again.done, again.expected, again.reached) == (True, 2, 2)


def test_rows_that_would_take_others_along_are_refused_by_the_check(
    monkeypatch: pytest.MonkeyPatch,
):
    """`Stamp` cannot be cut off from its answer once that must not be empty."""
    monkeypatch.setattr(M.Stamp._meta.get_field("answer"), "null", False)
    key = M.Remark._meta.get_field("topic")
    assert list(checks._messages(M.Stamp)) == []
    monkeypatch.setattr(key, "related_model", M.Stamp)
    found: list[CheckMessage] = list(checks._messages(M.Stamp))
    assert ["rows of other people in `crowd.Remark`" in one.msg for one in found] == [True]
