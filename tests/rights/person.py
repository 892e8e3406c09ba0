"""Somebody with a browser and a mailbox who asks about their own data, and the worker behind it."""

import io
import re
import zipfile
from dataclasses import dataclass, field

from django.core import mail
from django.test import Client

from kept import vault
from kept.keepers.accounts import writing as account_mails
from kept.keepers.accounts.models import Link as AccountLink
from kept.keepers.accounts.models import User
from kept.keepers.forms import flows as forms
from kept.keepers.rights import progress, writing
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.states import UNDER_WAY
from kept.keepers.sharing import delivering
from kept.keepers.sharing.models import Mail

ADDRESS = "zoe.canary-91be@example.org"
PASSWORD = "harbour walnut quiet lantern"
INQUIRY = {
    "name": "Zoë Canary-91be",
    "email": ADDRESS,
    "phone": "+1 555 0191",
    "company": "Canary & Daughters",
    "message": "Forty mugs canary-91be, please.",
    "consent-answer-inquiry": "on",
}
ACCOUNT = {
    "username": "canary-91be",
    "email": ADDRESS,
    "password": PASSWORD,
    "name": "Zoë Canary-91be",
    "consent-serve-account": "on",
    "consent-transaction": "on",
}


def token_of(page) -> str:
    """The one-time token of the form on a page."""
    found = re.search(r'name="kept-form" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def work() -> list[mail.EmailMessage]:
    """Do what the job worker does until nothing is left that is due; the mails that left by it."""
    before = len(mail.outbox)
    for link in AccountLink.objects.all():
        account_mails.write(link.pk)
    for _ in range(5):
        for link in Link.objects.filter(sent=False).exclude(kind="change"):
            writing.write(link.pk)
        for request in Request.objects.filter(state__in=UNDER_WAY):
            progress.go_on(request.pk)
        for waiting in Mail.objects.filter(state="waiting"):
            delivering.deliver(waiting.pk)
    return mail.outbox[before:]


def links_in(message: mail.EmailMessage) -> list[str]:
    """The paths of the links in a mail."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", str(message.body))
    assert found, message.body
    return found


def link_in(message: mail.EmailMessage, word: str = "") -> str:
    """The first link of a mail, or the first with `word` in it."""
    return next(one for one in links_in(message) if word in one)


def to(mails, address=ADDRESS, heading="") -> mail.EmailMessage:
    """The one mail to an address with that in its heading."""
    found = [one for one in mails if one.to == [address] and heading in one.subject]
    assert len(found) == 1, [(one.to, one.subject) for one in mails]
    return found[0]


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a copy."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def body(response) -> bytes:
    """What was streamed."""
    return b"".join(response.streaming_content)


@dataclass
class Asker:
    """One person."""

    address: str = ADDRESS
    browser: Client = field(default_factory=Client)

    @property
    def subject(self):
        """Their id here."""
        return vault.find("email", self.address)

    def inquire(self, **changed):
        """Write to the site, without an account."""
        typed = {**INQUIRY, "email": self.address, **changed}
        token = forms.open_page("inquiry").token
        sent = {name: [value] for name, value in {"kept-form": token, **typed}.items()}
        return forms.collect("inquiry", sent)

    def open_account(self):
        """Open an account, and sign in."""
        token = token_of(self.browser.get("/account/register/"))
        typed = {**ACCOUNT, "email": self.address, "username": self.address.partition("@")[0]}
        self.browser.post("/account/register/", {"kept-form": token, **typed})
        path = link_in(to(work(), self.address))
        self.browser.post(path)
        given = {"name": self.address, "password": PASSWORD}
        assert self.browser.post("/account/login/", given).status_code == 302

    @property
    def user(self) -> User:
        """Their account."""
        return User.objects.get(subject_id=self.subject)

    def ask(self, kind: str, message: str = "", **changed):
        """Fill in the form of the privacy centre."""
        path = f"/privacy/requests/{kind}/"
        token = token_of(self.browser.get(path))
        typed = {"kept-form": token, "email": self.address, "message": message, **changed}
        return self.browser.post(path, typed)

    def confirm(self, kind: str, message: str = ""):
        """Ask, and press the button behind the link; where that leads."""
        assert self.ask(kind, message)["Location"] == "/privacy/requests/sent/"
        path = link_in(to(work(), self.address, "Was it you?"))
        assert self.browser.get(path).status_code == 200
        return self.browser.post(path, {"answer": "yes"})

    def in_account(self, kind: str, password: str = PASSWORD):
        """Ask in the account."""
        given = {"verb": "ask", "kind": kind, "password": password}
        return self.browser.post("/account/data/", given)
