"""A collection point's page as a visitor meets it."""

import re

import pytest

from kept.keepers.forms.views import CollectView
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]

ADDRESS = "zoe.canary@example.org"
TYPED = {
    "name": "Zoë Canary",
    "email": ADDRESS,
    "message": "Forty mugs, please.\nBlue ones.",
    "phone": "+1 555 0100",
    "company": "Canary & Daughters",
    "consent-answer-inquiry": "on",
}


class Ask(CollectView):
    point = "inquiry"
    success_url = "/thanks/"
    heading = "Ask us"


class Visitor:
    """Somebody with a browser: reads the page, then sends its form."""

    def __init__(self, client, path="/ask/"):
        self.client, self.path = client, path

    def token(self) -> str:
        page = self.client.get(self.path).content.decode()
        found = re.search(r'name="kept-form" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def send(self, typed=None, **more):
        data = {"kept-form": self.token(), **(TYPED if typed is None else typed), **more}
        return self.client.post(self.path, data)


@pytest.fixture
def visitor(usimprints, client, settings):
    settings.ROOT_URLCONF = "tests.forms.urls"
    return Visitor(client)
