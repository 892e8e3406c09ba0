"""Suppressions outlive the person, and only the person lifts them."""

from typing import Any

import pytest

from kept import gate, vault
from kept.vault.errors import NotStoredError, RefusedError
from kept.vault.keystore import keystore
from kept.vault.keystore.suppressions import Suppressions
from tests.vault import catalogue as c
from tests.vault.held import STAFF, Somebody

pytestmark = pytest.mark.django_db(transaction=True)
ME = gate.Actor("visitor", "")


def test_it_is_for_one_address_in_any_spelling_and_one_purpose():
    address, other = c.email(), c.email()
    assert not vault.suppressed("email", address, "news")
    assert vault.suppress("contact.email", address.upper(), "news")
    assert not vault.suppress("email", address, "news")
    assert vault.suppressed("email", f" {address} ", "news")
    assert not vault.suppressed("email", address, "answer-inquiry")
    assert not vault.suppressed("email", other, "news")
    assert not vault.suppressed("username", address, "news")


def test_it_outlives_the_person():
    zoe = Somebody()
    vault.suppress("email", zoe.email, "news")
    vault.erase(zoe.subject)
    assert vault.suppressed("email", zoe.email, "news")
    again = vault.find_or_make("email", zoe.email)
    assert again.pk != zoe.subject
    assert vault.suppressed("email", zoe.email, "news")


def test_it_stands_whatever_becomes_of_the_callers_transaction():
    from django.db import transaction

    address = c.email()
    with transaction.atomic():
        vault.suppress("email", address, "news")
        transaction.set_rollback(True)
    assert vault.suppressed("email", address, "news")


def test_only_the_persons_own_action_lifts_it():
    address = c.email()
    vault.suppress("email", address, "news")
    with pytest.raises(NotStoredError, match="V010"):
        vault.lift_suppression("email", address, "news")
    for actor in (gate.SYSTEM, gate.Actor("staff", STAFF)):
        with gate.purpose("news", actor=actor), pytest.raises(NotStoredError, match="V010"):
            vault.lift_suppression("email", address, "news")
    assert vault.suppressed("email", address, "news")
    with gate.purpose("news", actor=gate.VISITOR):
        assert vault.lift_suppression("email", address, "news")
        assert not vault.lift_suppression("email", address, "news")
    assert not vault.suppressed("email", address, "news")


@pytest.mark.parametrize("value", ["", "  "])
def test_nothing_is_no_address(value: str):
    with pytest.raises(RefusedError, match="V015"):
        vault.suppress("email", value, "news")
    with pytest.raises(RefusedError, match="V015"):
        vault.suppressed("shoe-size", "44", "news")


def test_entries_of_one_address_tell_nothing_of_each_other_or_of_who_it_is(place: Any):
    store = place.store()
    store.identifiers.claim("email", "zoe@x.org", c.person().pk)
    for purpose in ("news", "other"):
        store.suppressions.add("email", "zoe@x.org", purpose)
    rows = store.database.read("SELECT digest FROM suppression")
    known = store.database.read("SELECT digest FROM identifier")
    assert len({bytes(row[0]) for row in (*rows, *known)}) == 3
    assert store.suppressions.counts() == {("email", "news"): 1, ("email", "other"): 1}


def test_it_is_in_the_key_store_alone_and_moves_the_journal_on(place: Any):
    from kept.vault.keystore import journal

    store = place.store()
    before, _ = journal.extent(store.database)
    store.suppressions.add("email", "zoe@x.org", "news")
    store.suppressions.remove("email", "zoe@x.org", "news")
    assert journal.extent(store.database)[0] == before + 2
    again = place.store()
    assert isinstance(again.suppressions, Suppressions)
    assert not again.suppressions.has("email", "zoe@x.org", "news")
    assert "zoe@x.org" not in str(keystore().database.read("SELECT * FROM suppression"))
