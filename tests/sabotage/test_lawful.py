"""Breakages of what holds and laws keep, under a policy that has both: each turns its own red."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from kept import gate, promises, vault
from kept._kit import clock
from kept.keepers.forms.models import Submission
from kept.vault.models import Hold
from tests.posting import changed, post

__all__ = ["post"]

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = (
    '[holds.dispute]\nsays = "to settle disputes"\nlongest = "1 year"\n\n'
    '[statutes.tax]\nsays = "tax law"\n\n[erasure] '
)


@pytest.fixture
def site(post: Any) -> Any:
    """An inquiry that a law keeps, and one under a hold."""
    inquiry = changed(("[erasure] ", BOTH))
    at = inquiry.index("[collect.inquiry]")
    keep = inquiry.index('keep = "2 years"', at)
    post(f'{inquiry[:keep]}statute = "tax"\n{inquiry[keep:]}')
    rows = [_inquiry(number) for number in range(2)]
    hold = vault.place_hold(
        rows[1].subject_id, "dispute", clock.today() + timedelta(days=9), "0a1b"
    )
    yield rows[0], hold
    for one in vault.holds(rows[1].subject_id):
        vault.lift_hold(one.id, "0a1b")


def _inquiry(number: int) -> Submission:
    with gate.purpose("answer-inquiry", actor=gate.VISITOR):
        person = vault.make()
        vault.set_choices(person.pk, consent=["answer-inquiry"])
        row = Submission(point="inquiry", subject=person)
        row.put("message", "communication.message", f"number {number}")
        row.save()
    return row


@contextmanager
def the_laws_key_was_cleaned_away(site: Any) -> Iterator[None]:
    with _without_key(site[0].subject_id, "statutory-tax"):
        yield


@contextmanager
def a_row_was_given_the_key_of_another_class(site: Any) -> Iterator[None]:
    with _key_called(site[0].subject_id, "statutory-tax", "p2y"):
        yield


@contextmanager
def the_holds_key_was_cleaned_away(site: Any) -> Iterator[None]:
    hold = site[1]
    with _without_key(hold.subject, f"hold-{hold.id.hex}"):
        yield


@contextmanager
def holds_past_their_end_were_left_to_stand(site: Any) -> Iterator[None]:
    late = clock.now() + timedelta(days=11)
    with clock.only_for_testing_at(late):
        yield


@contextmanager
def a_restored_key_store_knew_nothing_of_the_hold(site: Any) -> Iterator[None]:
    with _journal_without(site[1].subject):
        yield


@contextmanager
def placing_was_killed_and_nothing_finished_it(site: Any) -> Iterator[None]:
    rows = Hold.objects.filter(pk=site[1].id)
    rows.update(sealed=False, placed=clock.today() - timedelta(days=2))
    yield
    rows.update(sealed=True)


@pytest.mark.parametrize(
    ("promise", "sabotage"),
    [
        ("statutes.tax", the_laws_key_was_cleaned_away),
        ("statutes.tax", a_row_was_given_the_key_of_another_class),
        ("holds.dispute", the_holds_key_was_cleaned_away),
        ("holds.dispute", holds_past_their_end_were_left_to_stand),
        ("holds.dispute", a_restored_key_store_knew_nothing_of_the_hold),
        ("holds.dispute", placing_was_killed_and_nothing_finished_it),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_exactly_the_promise_that_was_broken_turns_red(site: Any, promise: str, sabotage: Any):
    assert _states() == {"holds.dispute": "kept", "statutes.tax": "kept"}
    broken: AbstractContextManager[None] = sabotage(site)
    with broken:
        assert {id for id, state in _states().items() if state == "broken"} == {promise}
    assert _states()[promise] == "kept"


def test_rows_from_before_the_law_do_not_turn_it_red(site: Any, post: Any):
    post(changed(("[erasure] ", BOTH)))
    _inquiry(3)
    assert _states()["statutes.tax"] == "kept"


def _states() -> dict[str, str]:
    found = promises.verify(["holds.dispute", "statutes.tax"]).findings
    return {one.promise.id: one.state for one in found}


def _without_key(subject: Any, keep: str) -> Any:
    return _key_called(subject, keep, "gone", other=vault.make().pk)


@contextmanager
def _key_called(subject: Any, keep: str, name: str, other: Any = None) -> Iterator[None]:
    """The key stands under another class (and subject), as if it were not there."""
    there = (subject.bytes, keep)
    away = ((other or subject).bytes, name)
    _write(
        "UPDATE subject_key SET subject = ?, keep = ? WHERE subject = ? AND keep = ?", away, there
    )
    yield
    _write(
        "UPDATE subject_key SET subject = ?, keep = ? WHERE subject = ? AND keep = ?", there, away
    )


@contextmanager
def _journal_without(subject: Any) -> Iterator[None]:
    """The line of the hold says nothing any more."""
    change = "UPDATE journal SET kind = ? WHERE subject = ? AND kind = ?"
    _write(change, ("lost", subject.bytes), ("held",))
    yield
    _write(change, ("held", subject.bytes), ("lost",))


def _write(sql: str, *given: tuple[Any, ...]) -> None:
    with vault.key_store().database.write() as writer:
        writer.run(sql, [value for some in given for value in some])
