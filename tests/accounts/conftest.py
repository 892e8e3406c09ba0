"""An operator with a password of their own, and with the one that was handed out."""

import pytest
from django.core.cache import cache

from kept import ledger, promises
from kept.keepers.accounts import address, flows
from kept.keepers.accounts.models import User

PASSWORD = "kayak lantern moss orchid"


@pytest.fixture(autouse=True)
def _fresh_brake(monkeypatch):
    """Each test has an address brake of its own."""
    monkeypatch.setattr(flows, "_brake", address.Brake())
    cache.clear()


@pytest.fixture
def one_time(db):
    """User name and one-time password of the first operator."""
    promises.adopt()
    made = flows.make_operator()
    assert made is not None
    return made


@pytest.fixture
def operator(one_time):
    """The operator, with a password of their own."""
    user = User.objects.get(username=one_time[0])
    user.set_password(PASSWORD)
    user.one_time = False
    user.save()
    return user


@pytest.fixture
def recorded(monkeypatch):
    """What the accounts recorded, in order: (what, account)."""
    seen = []
    real = ledger.record

    def note(event, subject, using="default"):
        if isinstance(event, ledger.Account):
            seen.append((event.what, event.account))
        return real(event, subject, using)

    monkeypatch.setattr(ledger, "record", note)
    return seen
