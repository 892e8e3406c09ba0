"""Purging asks all tables at once, touches those that hold something, takes many rows at once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kept import gate, vault
from kept.vault import purging, tallying
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def M() -> Any:
    from tests.vault.host import models

    return models


def letters(M: Any, many: int) -> Any:
    address = c.email()
    with gate.purpose("serve"):
        made = [M.Inquiry.objects.create(name="Zoe", email=address) for _ in range(many)]
    return made[0].subject_id


@pytest.mark.parametrize("many", [1, 4, 5, 8, 9])
def test_rows_go_some_at_a_time_and_are_counted(M: Any, monkeypatch: pytest.MonkeyPatch, many: int):
    monkeypatch.setattr(purging, "_MANY", 4)
    monkeypatch.setattr(purging, "_BATCH", 4)
    zoe, ada = letters(M, many), letters(M, 2)
    with gate.purpose("serve"):
        for _ in range(many):
            M.Sample.objects.create(subject_id=zoe)  # on which nothing can hang
    told = vault.erase(zoe)
    assert told.done
    assert told.reached == 2 * many
    assert not M.Inquiry.objects.filter(subject_id=zoe).exists()
    assert not M.Sample.objects.filter(subject_id=zoe).exists()
    assert M.Inquiry.objects.filter(subject_id=ada).count() == 2


def test_a_purge_writes_to_the_tables_that_hold_something_only(M: Any):
    zoe = vault.make().pk
    with gate.purpose("serve"):
        M.Sample.objects.create(subject_id=zoe)
    vault.erase_keys(zoe)
    with CaptureQueriesContext(connection) as queries:
        vault.purge(zoe)
    sql = [one["sql"] for one in queries.captured_queries]
    assert {one.split('"')[1] for one in sql if one.startswith("DELETE")} == {"vaulttests_sample"}
    assert sum("UNION ALL" in one for one in sql) == 1


def test_one_table_that_fails_makes_nothing_known_of_any(M: Any):
    zoe = letters(M, 1)
    order = purging._in_order()
    assert tallying.tally(order, zoe, _rows, "default")["vaulttests.Inquiry"] == 1

    def broken(holding: Any, subject: Any, using: str) -> Any:
        return _rows(holding, subject, using).extra(where=["no_such_column = 1"])

    assert tallying.tally([*order], zoe, broken, "default") is None
    assert tallying.tally(order, zoe, _rows, "default")["vaulttests.Inquiry"] == 1


def _rows(holding: Any, subject: Any, using: str) -> Any:
    return purging._rows(holding, subject, purging.Staying(subject, purging.Spared(), using), using)
