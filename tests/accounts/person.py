"""A client with a browser and a mailbox, as the tests of accounts, orders and mailings need one."""

import re
from dataclasses import dataclass, field

from django.core import mail
from django.test import Client

from kept import vault
from kept.keepers.accounts import writing
from kept.keepers.accounts.models import Link, User
from kept.keepers.mailings import confirming
from kept.keepers.mailings.models import Asked
from kept.keepers.sharing import delivering
from kept.keepers.sharing.models import Mail

PASSWORD = "harbour walnut quiet lantern"
TYPED = {
    "username": "canary-5e2a",
    "email": "zoe.canary-5e2a@example.org",
    "password": PASSWORD,
    "name": "Zoë Canary-5e2a",
    "phone": "+1 555 0142",
    "company": "Canary & Daughters",
    "address": "5 Wren Street\nSpringfield",
    "consent-serve-account": "on",
    "consent-transaction": "on",
}
REGISTER = "/account/register/"


def token_of(page) -> str:
    """The one-time token of the form on a page."""
    found = re.search(r'name="kept-form" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def deliver() -> list[mail.EmailMessage]:
    """Do what the job worker does with mails; those that left by it, in order."""
    before = len(mail.outbox)
    for link in Link.objects.order_by("pk"):
        writing.write(link.pk)
    for asked in Asked.objects.order_by("pk"):
        confirming.write(asked.pk)
    for waiting in Mail.objects.filter(state="waiting"):
        delivering.deliver(waiting.pk)
    return mail.outbox[before:]


def link_in(message: mail.EmailMessage) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(message.body))
    assert found, message.body
    return found[1]


@dataclass
class Person:
    """Somebody who fills in forms and follows links."""

    browser: Client = field(default_factory=Client)
    typed: dict[str, str] = field(default_factory=lambda: dict(TYPED))

    def send(self, **changed):
        """Fill in the form of a new account."""
        token = token_of(self.browser.get(REGISTER))
        typed = {name: one for name, one in {**self.typed, **changed}.items() if one is not None}
        return self.browser.post(REGISTER, {"kept-form": token, **typed})

    def register(self, **changed) -> User:
        """Open an account: form, mail, link."""
        assert self.send(**changed)["Location"] == "/account/sent/"
        address = changed.get("email", self.typed["email"])
        path = link_in(next(one for one in deliver() if one.to == [address]))
        assert self.browser.get(path).status_code == 200
        assert self.browser.post(path)["Location"] == "/account/login/?done=opened"
        return self.user(address)

    def user(self, address: str | None = None) -> User:
        """The account."""
        return User.objects.get(subject_id=vault.find("email", address or self.typed["email"]))

    def sign_in(self, password: str = PASSWORD, name: str | None = None):
        """Sign in by address."""
        given = {"name": name or self.typed["email"], "password": password}
        return self.browser.post("/account/login/", given)

    def signed_in(self) -> bool:
        """Whether the browser has a login."""
        return self.browser.get("/account/").status_code == 200
