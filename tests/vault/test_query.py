"""`permitted` gives the gate's own answer, row by row, on the engine of the run."""

import itertools

import pytest

from kept import gate, vault
from kept.vault.models import Subject
from kept.vault.people import Person
from tests.vault.policies import TEXT, gate_of

pytestmark = pytest.mark.django_db

CLOSED = TEXT.replace('for = ["serve", "answer-inquiry"]', 'for = ["serve"]', 1)
OPEN = TEXT
INTEREST = TEXT.replace(
    'says = "answer requests for information"\nbasis = "consent"',
    'says = "answer requests for information"\nbasis = "legitimate-interest"',
)
HISTORIES = {
    "one version": (TEXT,),
    "opened later": (OPEN, CLOSED, TEXT),
    "basis changed": (TEXT, INTEREST, TEXT),
    "basis changed last": (INTEREST, TEXT, INTEREST),
}


def everyone(bit: int, versions: int) -> list[Subject]:
    masks = (0, bit, ~bit & 0b1111)
    rows = itertools.product(
        range(versions + 1), (None, *range(versions + 1)), masks, masks,
        (False, True), (False, True), ("active", "erasing"),
    )  # fmt: skip
    return [
        Subject(collected=c, agreed=a, consented=yes, objected=no, restricted=r, ceased=s, state=t)
        for c, a, yes, no, r, s, t in rows
    ]


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("purpose", ["answer-inquiry", "serve", "news", "maintain", "unknown"])
def test_the_query_and_the_gate_agree_about_everyone(history: str, purpose: str):
    *earlier, last = HISTORIES[history]
    with gate.only_for_testing_in_force(gate_of(last, *earlier)) as in_force:
        bit = 1 << in_force.bit(purpose) if purpose in in_force.purposes else 1
        people = Subject.objects.bulk_create(everyone(bit, len(earlier) + 1))
        asked = gate.Request("use", "contact.email", purpose)
        expected = {
            one.pk
            for one in people
            if one.state == "active" and in_force.decide(asked, facts(one)).allowed
        }
        found = set(
            Subject.objects.filter(vault.permitted(purpose, category="contact.email"))
            .values_list("pk", flat=True)
        )  # fmt: skip
    assert found == expected
    if purpose == "serve":
        assert 0 < len(found) < len(people)


def facts(one: Subject) -> gate.Facts:
    person = Person(
        one.pk, one.state, one.agreed, one.consented, one.objected, one.restricted, one.ceased
    )
    return person.facts(one.collected, own=False)


def test_rows_are_found_through_their_subject_and_by_their_own_version():
    from tests.vault.host.models import BaseInquiry

    with gate.purpose("serve"):
        mine = vault.make()
        old = BaseInquiry.objects.create(subject=mine, name="Zoe")
        with gate.only_for_testing_in_force(gate_of(OPEN, CLOSED)):
            new = BaseInquiry.objects.create(subject=mine, name="Mia")
    vault.set_choices(mine.pk, consent=["answer-inquiry"])
    with gate.only_for_testing_in_force(gate_of(OPEN, CLOSED)):
        asked = vault.permitted(
            "answer-inquiry", category="identity.name", prefix="subject__", collected="collected"
        )
        assert set(BaseInquiry.objects.filter(asked)) == {new}
        vault.set_agreed(mine.pk, 1)
        assert set(BaseInquiry.objects.filter(asked)) == {old, new}


def test_choices_and_limits_are_set_and_taken_back():
    one = vault.make().pk
    vault.set_choices(one, consent=["news", "answer-inquiry"], object_to=["serve"])
    vault.set_choices(one, withdraw=["news"], stop_objecting=["serve"])
    bit = gate.in_force().bit
    row = Subject.objects.get(pk=one)
    assert (row.consented, row.objected) == (1 << bit("answer-inquiry"), 0)
    vault.set_limits(one, restricted=True)
    vault.set_limits(one, ceased=True)
    row.refresh_from_db()
    assert (row.restricted, row.ceased) == (True, True)
    assert row.consented == 0, "ceasing takes every consent back"
    vault.set_choices(one, consent=["news"])
    vault.set_limits(one, ceased=True)
    row.refresh_from_db()
    assert row.consented == 1 << bit("news"), "one that is given later stays"
    vault.set_agreed(one, 3)
    vault.set_agreed(one, 1)
    row.refresh_from_db()
    assert row.agreed == 3
    with pytest.raises(KeyError):
        vault.set_choices(one, consent=["nonsense"])


def test_choices_of_someone_who_is_not_active_do_not_change():
    from kept.vault.errors import NotStoredError

    one = vault.make()
    Subject.objects.filter(pk=one.pk).update(state="erased")
    with pytest.raises(NotStoredError, match="V009"):
        vault.set_choices(one.pk, consent=["news"])
