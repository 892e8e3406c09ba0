"""An operator with a password of their own, and with the one that was handed out."""

import pytest
from django.core.cache import cache

from kept import ledger, promises, vault
from kept.keepers.accounts import address, flows, recovering, registering
from kept.keepers.accounts.models import User
from tests.accounts.person import Person
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]

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


@pytest.fixture
def world(usimprints, settings, monkeypatch):
    """The whole site under the reference policy, its mails in a list."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ROOT_URLCONF = "kept.site.urls"
    with vault.key_store().identifiers._database.write() as keys:
        keys.run("DELETE FROM identifier", ())  # the key store is not rolled back between tests
    monkeypatch.setattr(registering, "_brake", address.Brake())
    monkeypatch.setattr(recovering, "_brake", address.Brake())


@pytest.fixture
def person(world):
    """Somebody who is not known here."""
    return Person()


@pytest.fixture
def client_of_ours(person):
    """A client with an account, signed in."""
    person.register()
    assert person.sign_in().status_code == 302
    return person
