"""An operator at the console, and visitors who write to them."""

import re
import uuid

import pytest
from django.core.cache import cache
from django.test import Client

from kept import ledger
from kept.keepers.accounts.models import User
from kept.keepers.forms.models import Submission
from kept.site.models import Testimonial
from tests.enrol import enrol
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]

INQUIRY = {
    "name": "Zoë Canary-4f1d",
    "email": "zoe.canary-4f1d@example.org",
    "message": "Forty mugs canary-4f1d, please.\nBlue ones.",
    "phone": "+1 555 0100",
    "company": "Canary & <b>Daughters</b>",
    "consent-answer-inquiry": "on",
}
WORDS = {
    "name": "Max Wren-9b2c",
    "email": "max.wren-9b2c@example.org",
    "words": "The mugs wren-9b2c outlived the company.",
    "consent-publish-testimonial": "on",
}


def write(path, typed):
    """Fill in the form at `path` as a visitor does."""
    client = Client()
    found = re.search(r'name="kept-form" value="([^"]+)"', client.get(path).content.decode())
    response = client.post(path, {"kept-form": found[1], **typed})
    assert response.status_code == 302, response.content.decode()


@pytest.fixture(autouse=True)
def _mailbox(settings):
    settings.EMAIL_BACKEND = "kept.keepers.sharing.mailbox.SealedMailbox"
    cache.clear()


@pytest.fixture
def operator(db):
    user = User.objects.create_user("op", "kayak lantern moss orchid", is_staff=True)
    enrol(user)
    return user


@pytest.fixture
def desk(operator):
    """The operator's browser, signed in."""
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def inquiry(usimprints):
    """A request for information that came in."""
    write("/ask/", INQUIRY)
    return Submission.objects.get()


@pytest.fixture
def testimonial(usimprints):
    """Words that wait for a moderator."""
    write("/testimonials/write/", WORDS)
    return Testimonial.objects.get()


@pytest.fixture
def openings(monkeypatch):
    """What is recorded about openings, in order: (event, subject)."""
    seen = []
    real = ledger.record_now_many

    def note(pairs):
        listed = list(pairs)
        seen.extend(pair for pair in listed if isinstance(pair[0], ledger.Opened))
        return real(listed)

    monkeypatch.setattr(ledger, "record_now_many", note)
    return seen


def marks(page):
    """The hidden values of the answering form."""
    text = page.content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("once", "seen")
    }


def answering(desk, row, **changed):
    """The answering form of `row` as it stands on the page, filled in."""
    page = desk.get(f"/console/inbox/{row.pk}/")
    given = {"heading": "Your mugs", "text": "Dear Zoë, they are ready."}
    return {**given, **marks(page), **changed}


def nobody() -> str:
    return str(uuid.uuid4())
