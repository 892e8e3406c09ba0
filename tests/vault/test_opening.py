"""What opens, for whom, at what cost."""
# ruff: noqa: B018, PT018 - reading an attribute is what is tested; blocks roll back

import threading
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from kept import gate, ledger, vault
from kept.vault.keystore import keystore
from kept.vault.keystore.keys import Keys
from tests.vault import catalogue as c
from tests.vault.policies import TEXT, gate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def M() -> Any:
    from tests.vault.host import models

    return models


def inquiry(M: Any, number: int = 0, **more: Any) -> Any:
    with gate.purpose("serve"):
        return M.Inquiry.objects.create(name=f"N{number}", email=f"{number}@x.org", **more)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many keys each question to the key store asked for."""
    seen: list[int] = []
    fetch = Keys.fetch

    def counted(self: Keys, ids: Any) -> Any:
        seen.append(len(ids))
        return fetch(self, ids)

    monkeypatch.setattr(Keys, "fetch", counted)
    return seen


def test_outside_a_scope_nothing_opens(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    assert repr(row.name) == "<sealed identity.name>"
    with pytest.raises(gate.SealedError, match="G001"):
        str(row.email)
    with pytest.raises(gate.SealedError):
        Template("{{ row.name }}").render(Context({"row": row}))


def test_values_of_a_stored_row_are_sealed_again_for_the_one_who_set_them(M: Any):
    row = inquiry(M)
    assert isinstance(row.name, gate.Sealed)
    row.name = "Mia"
    assert row.name == "Mia"


def test_the_gate_decides_per_value_and_a_page_marks_what_is_withheld(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    with gate.purpose("answer-inquiry"):
        assert row.name.decision is not None
        assert "kept-withheld" in Template("{{ row.name }}").render(Context({"row": row}))
    vault.set_choices(row.subject_id, consent=["answer-inquiry"])
    with gate.purpose("answer-inquiry"):
        assert row.name == "N0"
    with gate.purpose("news"):
        assert isinstance(row.name, gate.Sealed)


def test_filters_of_a_template_leave_the_mark_of_a_withheld_value_whole(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    with gate.purpose("answer-inquiry"):
        shown = Template("{{ row.message|linebreaks }}").render(Context({"row": row}))
    assert shown == '<p><span class="kept-withheld">withheld</span></p>'


def test_nothing_opened_outlives_the_scope(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    with gate.purpose("serve") as scope:
        assert row.name == "N0"
        batch = scope.lease.slot["kept.vault"]
        assert batch.keys
    assert isinstance(row.name, gate.Sealed)
    assert not vars(batch)
    assert row._kept.values == {}


def test_another_thread_sees_nothing_of_a_scope(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    seen = []
    with gate.purpose("serve"):
        assert row.name == "N0"
        thread = threading.Thread(target=lambda: seen.append(row.name))
        thread.start()
        thread.join()
    assert isinstance(seen[0], gate.Sealed)


@pytest.mark.parametrize("rows", [1, 50])
def test_a_page_costs_two_queries_more_whatever_the_number_of_rows(
    M: Any, reads: list[int], rows: int
):
    for number in range(rows):
        inquiry(M, number)
    reads.clear()
    with (
        gate.purpose("serve"),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        page = list(M.Inquiry.objects.all())
        assert {row.name for row in page} == {f"N{number}" for number in range(rows)}
        assert all(row.email and row.phone == "" for row in page)
    assert len(queries) == 2
    assert reads == [rows]


def test_rows_loaded_outside_the_scope_are_prepared_together(M: Any, reads: list[int]):
    for number in range(5):
        inquiry(M, number)
    page = list(M.Inquiry.objects.all())
    reads.clear()
    with gate.purpose("serve"):
        vault.prepare(page)
        assert all(row.name for row in page)
    assert reads == [5]


def test_a_leased_scope_reads_keys_and_choices_anew(M: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kept.gate.lease.MAX_ROWS", 2)
    monkeypatch.setattr(gate, "MAX_ROWS", 2)
    for number in range(5):
        inquiry(M, number)
    with gate.purpose("serve", leased=True):
        rows = list(M.Inquiry.objects.order_by("pk"))
        assert str(rows[0].name) and str(rows[1].name)
        keystore().keys.destroy(rows[3].subject_id)
        assert isinstance(rows[3].name, gate.Sealed)
        assert str(rows[4].name)


def test_a_destroyed_key_withholds_everything_and_breaks_no_page(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    keystore().keys.destroy(row.subject_id)
    with gate.purpose("serve"):
        assert isinstance(row.name, gate.Sealed)
        assert "kept-withheld" in Template("{{ row.name }}").render(Context({"row": row}))


def test_a_subject_that_is_being_erased_is_withheld(M: Any):
    from kept.vault.models import Subject

    row = inquiry(M)
    Subject.objects.filter(pk=row.subject_id).update(state="erasing")
    with gate.purpose("serve"):
        assert isinstance(M.Inquiry.objects.get(pk=row.pk).name, gate.Sealed)


def test_own_data_opens_for_its_subject_only(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    mine, other = (gate.Actor("subject", str(one)) for one in (row.subject_id, c.person().pk))
    with gate.purpose(gate.OWN_DATA, actor=mine):
        assert row.name == "N0"
    with gate.purpose(gate.OWN_DATA, actor=other):
        assert isinstance(row.name, gate.Sealed)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the ledger was told, in order; it is really told."""
    seen: list[Any] = []
    tell = ledger.record_now_many

    def told(pairs: Any) -> Any:
        listed = list(pairs)
        seen.extend(listed)
        return tell(listed)

    monkeypatch.setattr(ledger, "record_now_many", told)
    return seen


STAFF = gate.Actor("staff", "7")


def test_what_staff_open_is_recorded_once_per_subject_before_it_is_given(
    M: Any, recorded: list[Any]
):
    rows = [inquiry(M, number) for number in range(3)]
    with gate.purpose("serve", actor=STAFF):
        page = list(M.Inquiry.objects.all())
        assert recorded == []
        assert page[0].name
        assert {subject for _, subject in recorded} == {row.subject_id for row in rows}
        assert [row.email for row in page]
        assert len(recorded) == 3
    event = recorded[0][0]
    assert (event.purpose, event.actor, event.by) == ("serve", "staff", "7")
    assert event.categories == ("contact.email", "identity.name")


def test_staff_get_nothing_when_it_cannot_be_recorded(M: Any, monkeypatch: pytest.MonkeyPatch):
    def broken(pairs: Any) -> Any:
        raise OSError("disk full")

    monkeypatch.setattr(ledger, "record_now_many", broken)
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    with gate.purpose("serve", actor=STAFF):
        for _ in range(2):
            with pytest.raises(OSError, match="disk full"):
                row.name


def test_what_the_gate_withholds_from_staff_is_not_recorded_as_opened(M: Any, recorded: list[Any]):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    with gate.purpose("answer-inquiry", actor=STAFF):
        assert isinstance(row.name, gate.Sealed)
    assert recorded == []


def test_base_and_every_later_version_must_allow_it(M: Any):
    narrow = TEXT.replace('for = ["serve", "answer-inquiry"]', 'for = ["answer-inquiry"]', 1)
    row = inquiry(M)
    with gate.only_for_testing_in_force(gate_of(narrow, TEXT)), gate.purpose("serve"):
        assert isinstance(M.Inquiry.objects.get(pk=row.pk).name, gate.Sealed)
    with gate.only_for_testing_in_force(gate_of(TEXT, TEXT)), gate.purpose("serve"):
        assert M.Inquiry.objects.get(pk=row.pk).name == "N0"
        assert inquiry_in(M).collected == 1


def inquiry_in(M: Any) -> Any:
    return M.Inquiry.objects.create(name="Neu", email="neu@x.org")


def test_a_scope_for_a_recipient_asks_about_sharing(M: Any):
    row = M.Inquiry.objects.get(pk=inquiry(M).pk)
    with gate.purpose("serve", recipient="carrier"):
        assert row.name.decision.request.operation == "share"


def test_open_fields_are_gated_one_by_one(M: Any):
    with gate.purpose("serve"):
        row = M.Submission(subject=c.person(), point="inquiry")
        row.put("name", "identity.name", "Zoe")
        row.put("topics", "communication.message", ["a", "b"])
        assert row.open("name") == "Zoe"
        row.save()
    row = M.Submission.objects.get(pk=row.pk)
    assert isinstance(row.open("name"), gate.Sealed)
    with gate.purpose("serve"):
        assert dict(row.values) == {"name": "Zoe", "topics": ["a", "b"]}
        assert row.category("topics") == "communication.message"
        with pytest.raises(KeyError):
            row.open("nothing")
        row.put("reply", "communication.message", "Hi")
        row.save()
        assert M.Submission.objects.get(pk=row.pk).open("reply") == "Hi"
    narrower = TEXT.replace('name = "identity.name"', 'other = "identity.title"', 1)
    with gate.only_for_testing_in_force(gate_of(narrower)), gate.purpose("serve"):
        values = M.Submission.objects.get(pk=row.pk).values
        assert isinstance(values["name"], gate.Sealed)
        assert values["topics"] == ["a", "b"]


def test_going_through_a_list_of_addresses_is_refused(M: Any, monkeypatch: pytest.MonkeyPatch):
    from kept.vault import opening
    from kept.vault.errors import RefusedError

    monkeypatch.setattr(opening, "MOST_LOOKED_UP", 5)
    row = inquiry(M)
    with gate.purpose("serve"):
        guesses = [c.email() for _ in range(4)]
        assert not M.Inquiry.objects.filter(email__in=guesses).exists()
        assert M.Inquiry.objects.filter(email="0@x.org").get().pk == row.pk
        with pytest.raises(RefusedError, match="V022"):
            M.Inquiry.objects.filter(email=c.email()).exists()
    with gate.purpose("serve"):
        assert M.Inquiry.objects.filter(email="0@x.org").get().pk == row.pk


def test_finding_out_who_is_signed_in_may_open_the_batch_of_its_own_scope(M: Any):
    """The signed-in user is a sealed row, too, and is loaded when the actor is first asked for."""
    with gate.purpose("serve"):
        user = M.Member.objects.create_user("chief", "pass", email=c.email())
    row = inquiry(M)
    asked: list[int] = []

    def who() -> gate.Actor:
        asked.append(1)
        found = M.Member.objects.get(pk=user.pk)
        return gate.Actor("staff", str(found.pk), str(found.subject_id))

    with gate.purpose("serve", actor=who):
        M.Member.objects.get(pk=user.pk)
        assert M.Inquiry.objects.get(pk=row.pk).name == "N0"
    assert asked == [1]
