"""An operator at the console and a client in their account."""

import pytest
from django.test import Client

from kept.keepers.accounts import address
from kept.keepers.accounts.models import User
from kept.keepers.mailings import flows
from tests.accounts.conftest import _fresh_brake, client_of_ours, person, world
from tests.enrol import enrol
from tests.posting import post, usimprints

__all__ = ["_fresh_brake", "client_of_ours", "person", "post", "usimprints", "world"]


@pytest.fixture(autouse=True)
def _fresh_brake_of_news(monkeypatch):
    """Each test has an address brake of its own."""
    monkeypatch.setattr(flows, "_brake", address.Brake())


@pytest.fixture
def desk(world):
    """The operator's browser, signed in."""
    user = User.objects.create_user("op", None, is_staff=True)
    enrol(user)
    browser = Client()
    browser.force_login(user)
    return browser
