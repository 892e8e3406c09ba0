"""Rows open page by page: in a scope, before one, in long lists, in part."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kept import gate, ledger
from kept.vault.keystore.keys import Keys

pytestmark = pytest.mark.django_db
STAFF = gate.Actor("staff", "7")


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


def test_rows_may_be_loaded_in_a_scope_before_any_policy_is_adopted(
    M: Any, monkeypatch: pytest.MonkeyPatch
):
    row = inquiry(M)
    with monkeypatch.context() as patch, gate.purpose("serve"):
        patch.setattr("kept.gate.wired._provider", None)
        found = M.Inquiry.objects.get(pk=row.pk)
        assert found.state == "new"
        with pytest.raises(gate.GateError, match="G004"):
            str(found.name)


@pytest.mark.parametrize("model", ["Inquiry", "Submission"])
def test_going_through_many_rows_fetches_keys_for_hundreds_at_once(
    M: Any, reads: list[int], model: str
):
    for number in range(7):
        row = inquiry(M, number)
        with gate.purpose("serve"):
            other = M.Submission(subject_id=row.subject_id, point="inquiry")
            other.put("name", "identity.name", f"N{number}")
            other.save()
    reads.clear()
    seen = set()
    with gate.purpose("serve"), CaptureQueriesContext(connection) as queries:
        for row in getattr(M, model).objects.iterator(chunk_size=4):
            seen.add(row.name if model == "Inquiry" else row.open("name"))
    assert seen == {f"N{number}" for number in range(7)}
    assert reads == [4, 3]
    assert len(queries) == 3


def test_who_reads_a_row_opens_a_page_and_not_the_whole_list(
    M: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kept.vault.batch._PAGE", 3)
    for number in range(9):
        inquiry(M, number)
    with gate.purpose("serve") as scope:
        rows = list(M.Inquiry.objects.all())
        assert rows[0].name
        assert scope.lease.rows == 3
        assert all(row.name for row in rows)
        assert scope.lease.rows == 9
    assert all(row._kept.values == {} for row in rows)
    assert all(isinstance(row.name, gate.Sealed) for row in rows)


def test_a_value_that_was_opened_ahead_is_not_kept_when_the_row_is_changed(M: Any):
    for number in range(2):
        inquiry(M, number)
    with gate.purpose("serve"):
        first, second = M.Inquiry.objects.order_by("pk")
        assert first.name
        second.name = "New"
        assert second.name == "New"
        second.save()
        assert second.name == "New"
        M.Inquiry.objects.get(pk=first.pk).delete()
        assert [row.name for row in M.Inquiry.objects.all()] == ["New"]


def test_staff_go_through_more_rows_than_a_lease_opens(
    M: Any, monkeypatch: pytest.MonkeyPatch, recorded: list[Any]
):
    monkeypatch.setattr("kept.gate.lease.MAX_ROWS", 2)
    monkeypatch.setattr(gate, "MAX_ROWS", 2)
    for number in range(5):
        inquiry(M, number)
    with gate.purpose("serve", actor=STAFF, leased=True):
        for row in M.Inquiry.objects.iterator():
            assert row.name
            assert row.subject_id in {subject for _, subject in recorded}


def test_rows_are_made_the_way_that_django_makes_them_where_somebody_listens(M: Any):
    from django.db.models.signals import post_init

    row, heard = inquiry(M), []

    def listen(instance: Any, **_: Any) -> None:
        heard.append(instance.pk)

    class Louder(M.Inquiry):
        class Meta:
            proxy = True
            app_label = "vaulttests"

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.loud = True

    with gate.purpose("serve"):
        assert Louder.objects.get(pk=row.pk).loud
        assert Louder.objects.get(pk=row.pk).name == "N0"
        post_init.connect(listen, sender=M.Inquiry)
        try:
            assert M.Inquiry.objects.get(pk=row.pk).name == "N0"
        finally:
            post_init.disconnect(listen, sender=M.Inquiry)
    assert heard == [row.pk]


def test_a_row_that_was_loaded_in_part_loads_the_rest(M: Any):
    row = inquiry(M)
    with gate.purpose("serve"):
        for names in (("state",), ("sealed",), ("sealed", "revision"), ("subject", "sealed")):
            assert M.Inquiry.objects.only(*names).get(pk=row.pk).name == "N0"


def test_rows_of_a_page_are_what_django_makes_of_the_same_query(M: Any):
    from django.db.models.query import ModelIterable

    for number in range(3):
        inquiry(M, number)
    asked = M.Inquiry.objects.order_by("pk")
    for rows in (asked, asked.only("state"), asked.defer("since"), asked[1:2], asked.none()):
        django = rows.all()
        django._iterable_class = ModelIterable
        ours, theirs = list(rows.all()), list(django)
        assert [_plain(row) for row in ours] == [_plain(row) for row in theirs]
        assert [row._state.__dict__ for row in ours] == [row._state.__dict__ for row in theirs]


def _plain(row: Any) -> dict[str, tuple[type, Any]]:
    return {name: (type(value), value) for name, value in vars(row).items() if name[0] != "_"}
