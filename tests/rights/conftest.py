"""A site under the reference policy, a person known to it, a mailbox, a worker that works."""

import pytest
from django.core.cache import cache

from kept import vault
from kept.keepers.accounts import address, flows, recovering, registering
from kept.keepers.rights import views
from tests.posting import post, usimprints
from tests.rights.person import Asker

__all__ = ["post", "usimprints"]


@pytest.fixture
def world(usimprints, settings, monkeypatch):
    """The whole site, its mails in a list, its brakes fresh."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ROOT_URLCONF = "kept.site.urls"
    with vault.key_store().identifiers._database.write() as keys:
        for table in ("identifier", "suppression"):
            keys.run(f"DELETE FROM {table}", ())  # the key store is not rolled back between tests
    for room in (flows, registering, recovering, views):
        monkeypatch.setattr(room, "_brake", address.Brake())
    cache.clear()
    return usimprints


@pytest.fixture
def zoe(world) -> Asker:
    """An inquirer without an account."""
    made = Asker()
    made.inquire()
    return made


@pytest.fixture
def client_of_ours(world) -> Asker:
    """A client with an account, signed in."""
    made = Asker()
    made.open_account()
    return made
