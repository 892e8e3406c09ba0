"""A person who asked something, and recipients of every kind to give their data to."""

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client

from kept import vault
from kept.keepers.sharing import ways
from tests.posting import USIMPRINTS, post, usimprints
from tests.sharing.receiving import Receiver, receiving

__all__ = ["post", "usimprints"]

RECIPIENTS = """
[recipients.carrier]
kind = "vendor"
says = "our parcel carrier"
place = "US"
for = ["answer-inquiry"]
from = ["inquiry"]
receives = ["identity.name", "contact.email"]
hosts = ["127.0.0.1"]

[recipients.sister]
kind = "affiliate"
says = "our sister company"
place = "US"
for = ["answer-inquiry"]
receives = ["identity.name", "contact.phone"]
hosts = ["127.0.0.1"]

[recipients.court]
kind = "affiliate"
says = "our group's lawyers"
place = "US"
for = ["answer-inquiry"]
receives = ["identity", "contact", "communication"]
occasion = "legal process"

[disclosures.order]
occasion = "legal process"
says = "when a court orders it"
to = ["court"]
"""
POLICY = USIMPRINTS + RECIPIENTS
ZOE = {
    "name": "Zoë Canary-5c2e",
    "email": "zoe.canary-5c2e@example.org",
    "message": "Forty mugs canary-5c2e, please.",
    "phone": "+1 555 0155",
    "consent-answer-inquiry": "on",
}


def write(path, typed):
    """Fill in the form at `path` as a visitor does."""
    client = Client()
    found = re.search(r'name="kept-form" value="([^"]+)"', client.get(path).content.decode())
    response = client.post(path, {"kept-form": found[1], **typed})
    assert response.status_code == 302, response.content.decode()


@dataclass
class World:
    """Who asked, and where the recipients listen."""

    zoe: UUID
    receiver: Receiver
    secrets: dict[str, str]


@pytest.fixture
def receiver(tmp_path):
    with receiving(tmp_path) as one:
        yield one


@pytest.fixture
def world(post, settings, receiver):
    """Everything in place; the affiliate and the vendor are reached by webhook."""
    post(POLICY)
    way = {"webhook": receiver.url, "ca": str(receiver.ca)}
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {"carrier": way, "sister": way}}
    write("/ask/", ZOE)
    secrets = {name: ways.make_key(name) for name in ("carrier", "sister")}
    yield World(vault.find("email", ZOE["email"]), receiver, secrets)
    for name in secrets:
        (settings.KEPT["SECRET"] / "webhooks" / f"{name}.key").unlink()
