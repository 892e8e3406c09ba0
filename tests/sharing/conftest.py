"""A person who asked something, and a mail server of their own that takes it or does not."""

import socket
import uuid
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from kept import gate, promises, vault
from kept.vault.models import Subject

PERSON = "zoe@canary.example"
CANARY = "canary-7b1f0c"


class Inbox:
    """What a mail server was given; `answer` is what it says to the text."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.rcpt = "250 OK"
        self.answer = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer


@pytest.fixture
def server(settings) -> Iterator[Inbox]:
    """A real SMTP server on this machine, which the site sends through."""
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL = "office@usimprints.example"
    yield inbox
    controller.stop()


@pytest.fixture
def person(db) -> Subject:
    """Somebody whose address is on file and who agreed to be answered."""
    promises.adopt()
    subject = vault.find_or_make("email", PERSON)
    vault.set_choices(subject.pk, consent=["answer-inquiry"])
    return subject


@pytest.fixture
def letter(person):
    """The words of a letter to that person."""
    ordinal, _ = gate.in_force().in_force
    return {
        "subject": person.pk,
        "purpose": "answer-inquiry",
        "point": "inquiry",
        "collected": ordinal,
        "to": PERSON,
        "heading": f"Your mugs {CANARY}",
        "text": f"Dear Zoë, they are ready. {CANARY}",
    }


@pytest.fixture
def unknown() -> uuid.UUID:
    return uuid.uuid4()
