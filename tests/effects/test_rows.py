"""What stands in the data database and what the log says of it: every kind of row, by raw SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection, transaction

from kept import ledger, vault
from kept._kit.ids import new_id
from kept.ledger.checking import effects, reconciling, rounds
from kept.ledger.checking.findings import Report
from kept.ledger.store import store
from tests.effects.conftest import Filled, findings

ROWS = [
    "accounts", "agreements", "answers", "consents", "profiles", "quotes", "requests",
    "submissions", "subscriptions", "testimonials", "words of requests",
]  # fmt: skip
"""Effects about rows that exist."""
ELSEWHERE = {"mails", "answers to mails"}
"""Effects that the tests of their own room try: mails come from outside."""
STATES = {
    "accepted quotes": ("state", "offered", "accepted"),
    "decided testimonials": ("state", "waiting", "refused"),
    "disclosures that left": ("state", "waiting", "sent"),
    "permissions that stand": ("state", "ended", "given"),
    "public testimonials": ("state", "refused", "published"),
    "withdrawn consents": ("withdrawn_at", None, "2099-01-01 00:00:00"),
}
"""Effects about a state: its column, a value outside of the state and one within."""


def _effect(name: str) -> effects.Effect:
    return next(one for one in effects.registered() if one.name == name)


@contextmanager
def undone() -> Iterator[None]:
    """What is done to the tables here is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0, sql


def _id(model, id):
    return model._meta.pk.get_db_prep_value(id, connection)


def _sampled() -> set[str]:
    """What a start finds that looks at samples only."""
    from kept.ledger import keys

    report, ledger_store = Report(), store()
    reconciling.sample(ledger_store, keys.macs(), lambda: rounds.waiting(ledger_store), report)
    return {one.code.id for one in report.findings}


def test_after_everything_happened_once_rows_and_events_agree(filled: Filled):
    tried = [one for one in effects.registered() if one.name not in ELSEWHERE]
    empty = [one.name for one in tried if not one.rows().filter(one.where).exists()]
    assert empty == [], "not everything happened"
    assert findings() == {}
    assert _sampled() == set()
    ledger.sequence_once()
    assert findings() == {}
    assert ledger.check_at_start().findings == []


def test_every_effect_is_tried_here():
    assert {one.name for one in effects.registered()} == {*ROWS, *STATES, *ELSEWHERE}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_was_written_around_its_flow_is_found(filled: Filled, name):
    """Copied under a new id, for somebody else, as SQL can do it."""
    one = _effect(name)
    model, row = one.rows().model, one.rows().first()
    other, columns, values = vault.make(), [], []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.unique or field.name == "subject":
            value = uuid4().hex[:20] if field.get_internal_type() == "CharField" else new_id()
            value = other.pk if field.name == "subject" else value
            columns.append("%s")
            values.append(field.get_db_prep_value(value, connection))
        else:
            columns.append(field.column)
    table, names = model._meta.db_table, ", ".join(f.column for f in model._meta.concrete_fields)
    with undone():
        _run(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(columns)} FROM {table}"
            f" WHERE {model._meta.pk.column} = %s",
            *values,
            _id(model, row.pk),
        )
        (message,) = findings()["L029"]
        assert f"`1` of {name}, and no event says so" in message
        assert "L029" in _sampled()
    assert findings() == {}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_was_deleted_is_missed(filled: Filled, name):
    model = _effect(name).rows().model
    row = _effect(name).rows().first()
    with undone():
        _run(f"DELETE FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s",
             _id(model, row.pk))  # fmt: skip
        assert f"`{row.pk}`" in " ".join(findings()["L030"])


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_was_edited_is_found_both_ways(filled: Filled, name):
    one, (column, out, within) = _effect(name), STATES[name]
    model = one.rows().model
    table, key = model._meta.db_table, model._meta.pk.column
    row = one.rows().filter(one.where).first()
    with undone():
        _run(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", out, _id(model, row.pk))
        assert f"`1` are not of {name}, though their events say so" in " ".join(findings()["L032"])
    outside = one.rows().exclude(one.where).first()
    if outside is None:
        with undone():
            _forget_events_of(filled)
            assert f"`1` of {name}, and no event says so" in " ".join(findings()["L032"])
        return
    with undone():
        _run(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", within, _id(model, outside.pk))
        messages = " ".join(findings()["L032"])
        assert "of " + name + ", and no event says so" in messages
        assert "L032" in _sampled()


def _forget_events_of(filled: Filled) -> None:
    _run("DELETE FROM kept_ledger_outbox")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        (one, path)
        for one, paths in {
            "consents": ["point", "purpose", "version"],
            "agreements": ["version"],
            "answers": ["point"],
            "disclosures that left": ["recipient", "purpose", "version"],
            "profiles": ["point"],
            "quotes": ["point"],
            "submissions": ["point"],
            "subscriptions": ["point"],
        }.items()
        for path in paths
    ],
)
def test_a_row_that_was_edited_says_otherwise_than_its_event(filled: Filled, name, column):
    model = _effect(name).rows().model
    row = _effect(name).rows().filter(_effect(name).where).first()
    value = 77 if column == "version" else "other"
    with undone():
        _run(
            f"UPDATE {model._meta.db_table} SET {column} = %s WHERE {model._meta.pk.column} = %s",
            value, _id(model, row.pk),
        )  # fmt: skip
        (message,) = [one for one in findings()["L032"] if f"of {name} have another" in one]
        assert f"`{row.pk}`" in message


def test_an_event_that_was_deleted_while_it_waited_is_missed_by_its_row(filled: Filled):
    with undone():
        _run("DELETE FROM kept_ledger_outbox")
        assert len(findings()["L029"]) == len(ROWS)
