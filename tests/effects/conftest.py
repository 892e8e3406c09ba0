"""A site where everything has happened once, through its own flows, over a ledger of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client

from kept import gate, ledger, promises
from kept.keepers.accounts.models import User
from kept.keepers.consent import flows as consent
from kept.keepers.forms import answering
from kept.keepers.forms.models import Submission
from kept.keepers.mailings import flows as mailings
from kept.keepers.notices import flows as notices
from kept.keepers.orders import flows as orders
from kept.keepers.rights import flows as rights
from kept.keepers.sharing import giving
from kept.keepers.sharing.flows import permissions
from kept.keepers.sharing.models import Disclosure
from kept.ledger.store import connect
from kept.site import testimonials
from kept.site.models import Testimonial
from kept.vault.models import Subject
from tests.accounts.conftest import _fresh_brake, client_of_ours, person, world
from tests.accounts.person import TYPED, Person
from tests.ledger.conftest import _drop_schema, _place
from tests.posting import post, usimprints

__all__ = ["_fresh_brake", "client_of_ours", "person", "post", "usimprints", "world"]

STAFF = gate.Actor("staff", "0" * 32)


@pytest.fixture
def record(settings, tmp_path) -> Iterator[None]:
    """An empty ledger."""
    where = _place(tmp_path)
    settings.KEPT = {**settings.KEPT, "LEDGER": where}
    _drop_schema(where)
    yield
    connect.forget()
    _drop_schema(where)


@dataclass
class Filled:
    """Who did it all."""

    subject: UUID
    user: User
    person: Person


def submit(browser: Client, path: str, **typed: str) -> None:
    """Fill in the form at `path` as a visitor does."""
    found = re.search(r'name="kept-form" value="([^"]+)"', browser.get(path).content.decode())
    response = browser.post(path, {"kept-form": found[1], **typed})
    assert response.status_code == 302, response.content.decode()


@pytest.fixture
def filled(record, client_of_ours, client) -> Filled:
    """Everything that a registered effect knows, at least once."""
    user = client_of_ours.user()
    about = {"name": TYPED["name"], "email": TYPED["email"]}
    ask = {"message": "Forty mugs, please.", "consent-answer-inquiry": "on"}
    submit(client, "/ask/", **about, **ask)
    say = {"words": "Fine mugs.", "consent-publish-testimonial": "on"}
    submit(client, "/testimonials/write/", **about, **say)
    _by_staff(user)
    _by_the_client(client_of_ours, user)
    _given_away(user)
    notices.agree(user, promises.current().ordinal)
    return Filled(user.person, user, client_of_ours)


def _by_staff(user: User) -> None:
    with gate.purpose("answer-inquiry", actor=STAFF):
        row = Submission.objects.get()
        assert answering.answer(row.pk, "Gladly.", heading="Mugs", once="1").outcome == "queued"
    assert testimonials.publish(Testimonial.objects.get().pk, STAFF)
    with gate.purpose(orders.PURPOSE, actor=STAFF):
        for once in ("1", "2"):
            made = orders.offer(TYPED["email"], "Forty mugs: 420.", once=once, base="https://x.org")
            assert made.outcome == "offered"


def _by_the_client(person: Person, user: User) -> None:
    with gate.purpose(orders.PURPOSE, actor=gate.Actor("subject", str(user.person))):
        quote = orders.shown_to(user)[0]
        assert orders.accept(user, quote.id, quote.digest) == "accepted"
    mailings.give(user, ["news", "other-information"], "We send news.")
    consent.withdraw(user.person, ["other-information"])
    rights.ask("access", channel="account", subject=user.person, base="https://x.org")


def _given_away(user: User) -> None:
    subject = Subject.objects.get(pk=user.person)
    recipient, clause = next(
        (id, one) for id, one in promises.current().policy.recipients.items() if one.purposes
    )
    for purpose in clause.purposes[:1]:
        question = permissions.ask(subject, recipient, purpose, frozenset({"contact.email"}))
        assert permissions.answer(question.pk, yes=True, seen=question.shown_id)
        row = Disclosure.objects.create(
            subject=subject, recipient=recipient, purpose=purpose, channel="file",
            state=Disclosure.State.READY, categories=["contact.email"],
        )  # fmt: skip
        giving._handed(row)


def findings() -> dict[str, list[str]]:
    """What the whole check finds: code -> messages."""
    found: dict[str, list[str]] = {}
    for one in ledger.check_whole().findings:
        found.setdefault(one.code.id, []).append(one.message)
    return found
