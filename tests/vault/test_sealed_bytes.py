"""Bytes sealed outside of rows, and the ledger's seal."""

from uuid import uuid4

import pytest

from kept import ledger, vault
from kept.vault.errors import NoKeyError, NotAuthenticError, NotStoredError
from kept.vault.keystore import keystore
from kept.vault.sealed_bytes import LedgerSealer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("subject", [None, uuid4()])
def test_bytes_come_back_under_their_label_only(subject):
    sealed = vault.seal_bytes("mailbox", b"hello", subject)
    assert b"hello" not in sealed
    assert vault.open_bytes("mailbox", sealed) == b"hello"
    with pytest.raises(NotAuthenticError, match="V002"):
        vault.open_bytes("other", sealed)
    for damaged in (sealed[:-1], sealed + b"x", sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(NotAuthenticError):
            vault.open_bytes("mailbox", damaged)


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x02", b"\x03junk", b"\x01" * 40])
def test_junk_is_a_clear_error(junk):
    with pytest.raises((NotAuthenticError, NoKeyError)):
        vault.open_bytes("mailbox", junk)


def test_an_erasure_closes_them_for_good():
    subject = uuid4()
    sealed = vault.seal_bytes("mailbox", b"hello", subject)
    keystore().keys.destroy(subject)
    with pytest.raises(NoKeyError, match="V001"):
        vault.open_bytes("mailbox", sealed)
    with pytest.raises(NotStoredError, match="V009"):
        vault.seal_bytes("mailbox", b"more", subject)


def test_the_ledger_gets_none_for_what_is_closed_or_another_persons():
    sealer, one, two = LedgerSealer(), uuid4(), uuid4()
    mine, theirs = sealer.seal(one, b"1"), sealer.seal(two, b"2")
    pairs = [(one, mine), (two, theirs), (two, mine), (one, b"junk"), (one, mine[:-1])]
    assert sealer.open_many(pairs) == [b"1", b"2", None, None, None]
    keystore().keys.destroy(two)
    assert sealer.open(two, theirs) is None


def test_many_are_sealed_as_one_is_or_none_at_all():
    sealer, people = LedgerSealer(), [uuid4() for _ in range(3)]
    pairs = [(who, b"%d" % at) for at, who in enumerate([*people, people[0]])]
    sealed = sealer.seal_many(pairs)
    assert sealer.open_many(list(zip([*people, people[0]], sealed, strict=True))) == [
        b"0", b"1", b"2", b"3",
    ]  # fmt: skip
    keystore().keys.destroy(people[1])
    new = uuid4()
    with pytest.raises(NotStoredError, match="V009"):
        sealer.seal_many([(new, b"x"), *pairs])
    assert keystore().keys.find(new, "record") is None


def test_what_is_recorded_about_a_person_is_wired_to_these_keys():
    subject = vault.make().pk
    event = ledger.Opened(purpose="serve", actor="staff", categories=("contact.email",))
    assert ledger.record_now(event, subject)
    assert [key.keep for key in keystore().keys.fetch_of([subject]).values()] == ["record"]
