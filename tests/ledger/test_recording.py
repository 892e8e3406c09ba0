"""Recording: an event stands or falls with its effect, and nothing in it betrays anyone."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction

from kept._kit.errors import KeptError
from kept.ledger import (
    Collected,
    Consented,
    Opened,
    PolicyAdopted,
    entries,
    events,
    keys,
    record,
    record_many,
    record_now,
    record_now_many,
    sealing,
)
from kept.ledger.models import Outbox
from kept.ledger.store import store

COLLECTED = Collected("inquiry", 0, ("contact.email",))
OPENED = Opened("answer-inquiry", "staff", ("contact.email",))


def test_an_event_goes_with_its_rolled_back_effect(ledger):
    with transaction.atomic():
        record(COLLECTED, uuid4())
        transaction.set_rollback(True)
    assert Outbox.objects.count() == 0
    with transaction.atomic():
        record(COLLECTED, uuid4())
    assert Outbox.objects.count() == 1


def test_an_event_outside_a_transaction_is_refused(ledger):
    with pytest.raises(KeptError, match="L002"):
        record(COLLECTED, uuid4())


def test_record_now_survives_the_rollback_of_its_caller(ledger):
    with transaction.atomic():
        record_now(OPENED, uuid4())
        transaction.set_rollback(True)
    assert store().row("SELECT count(*) FROM inbox") == (1,)


def test_record_now_is_durable_when_it_returns(ledger, place):
    """Another connection sees it at once."""
    from kept.ledger.store import Store

    record_now_many([(OPENED, uuid4()) for _ in range(3)])
    other = Store(place)
    assert other.row("SELECT count(*) FROM inbox") == (3,)
    other.close()


@pytest.mark.parametrize(
    "event",
    [
        Collected("zoe@example.org", 0, ()),
        Collected("inquiry", 0, ("a free text",)),
        Collected("inquiry", -1, ()),
        Collected("x" * 65, 0, ()),
        Opened("answer-inquiry", "burglar", ()),
        Consented(None, ("news",), 0, "not a digest"),
        {"kind": "Collected"},
        "Collected",
    ],
)
def test_free_text_and_unknown_kinds_cannot_be_recorded(ledger, event):
    with transaction.atomic(), pytest.raises(KeptError, match="L001"):
        record(event, None)
    assert Outbox.objects.count() == 0


def test_an_event_about_a_person_is_never_written_in_clear(ledger):
    subject = uuid4()
    with transaction.atomic():
        record(Collected("a-very-special-point", 0, ("contact.email",)), subject)
        record(PolicyAdopted(0, "0" * 64), None)
    bodies = {row.subject: bytes(row.body) for row in Outbox.objects.all()}
    assert b"special" not in bodies[subject]
    assert b"PolicyAdopted" in bodies[None]


def test_without_a_key_nothing_is_recorded(ledger):
    subject = uuid4()
    ledger.destroy(subject)
    with pytest.raises(LookupError), transaction.atomic():
        record(COLLECTED, subject)
    with sealing.only_for_testing(None), transaction.atomic(), pytest.raises(KeptError) as told:
        record(COLLECTED, subject)
    assert told.value.code.id == "L003"
    assert Outbox.objects.count() == 0


def test_the_length_of_an_entry_does_not_tell_its_kind(ledger):
    """Short and long events of usual size are sealed to one length."""
    subject = uuid4()
    with transaction.atomic():
        record(Opened("news", "staff", ("contact.email",)), subject)
        record(Collected("inquiry", 12, ("contact.email", "identity.name")), subject)
    assert len({len(row.body) for row in Outbox.objects.all()}) == 1


def test_many_events_go_in_order_and_each_has_its_own_mark(ledger):
    with transaction.atomic():
        marks = record_many([(COLLECTED, uuid4()) for _ in range(250)])
    assert len(set(marks)) == 250
    assert set(marks) == {UUID(bytes=bytes(row.mark)) for row in Outbox.objects.all()}


def test_what_is_recorded_at_once_about_one_person_is_one_entry(ledger):
    one, other = uuid4(), uuid4()
    with transaction.atomic():
        marks = record_many([(COLLECTED, one), (OPENED, other), (OPENED, one), (COLLECTED, None)])
    assert len(set(marks)) == 4
    assert {row.subject for row in Outbox.objects.all()} == {one, other, None}
    made, again = entries.make([(COLLECTED, one)] * 250, keys.macs())
    assert [entry.events for entry in made] == [100, 100, 50]
    assert len(set(again)) == 250


def test_a_value_of_the_wrong_form_is_refused_also_when_its_like_was_good(ledger):
    """What was read back once is not read again: only what is the same, but for the row."""
    good = Collected("inquiry", 4, ("contact.email",), uuid4())
    assert [events.decode(events.encode(good)) for _ in range(2)] == [good] * 2
    for row in ("not an id", "0" * 36, 7):
        with pytest.raises(KeptError, match="L001"):
            events.encode(Collected("inquiry", 4, ("contact.email",), row))


def test_a_row_is_the_last_field_of_every_kind_that_names_one():
    for kind in events.KINDS.values():
        if "row" in kind.__struct_fields__:
            assert kind.__struct_fields__[-1] == "row", kind.__name__


def test_the_mac_covers_every_field(ledger):
    (entry,), _ = entries.make([(COLLECTED, uuid4())], keys.macs())
    macs = keys.macs()
    assert macs.hold(entry)
    for changed in (
        entry._replace(mark=bytes(16)),
        entry._replace(subject=uuid4().bytes),
        entry._replace(subject=None),
        entry._replace(day=entry.day + 1),
        entry._replace(body=entry.body + b" "),
        entry._replace(mac=bytes(32)),
    ):
        assert not macs.hold(changed)


def test_keys_are_made_private_and_loose_ones_are_refused_in_production(ledger, settings):
    path = keys.folder() / "mac.key"
    keys.macs()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    keys.only_for_testing_forget()
    keys.macs()
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}
    keys.only_for_testing_forget()
    with pytest.raises(KeptError, match="L006"):
        keys.macs()


@pytest.mark.parametrize("text", ["", "zz", "00" * 31])
def test_a_damaged_key_is_refused(ledger, text):
    keys.macs()
    (keys.folder() / "mac.key").write_text(text)
    keys.only_for_testing_forget()
    with pytest.raises(KeptError, match="L005"):
        keys.macs()


def test_another_schema_is_refused(ledger, place):
    from kept.ledger.store import connect

    store().run("UPDATE schema_version SET version = 99")
    connect.forget()
    with pytest.raises(KeptError, match="L007"):
        store()
