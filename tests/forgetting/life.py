"""Somebody with something to find in every place where this site keeps anything about people."""

import logging
import re
import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.cache.backends.filebased import FileBasedCache
from django.test import Client
from django_tasks_db.models import DBTaskResult

from kept import gate, ledger, vault
from kept.conf import settings
from kept.conf.logs import MaskingFormatter
from kept.keepers.accounts import writing as account_mails
from kept.keepers.accounts.models import Link as AccountLink
from kept.keepers.accounts.models import OpenSession, User
from kept.keepers.forms import answering
from kept.keepers.forms import flows as forms
from kept.keepers.forms.models import Submission
from kept.keepers.rights import progress, writing
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.states import UNDER_WAY
from kept.keepers.sharing import delivering, mailbox
from kept.keepers.sharing.models import Mail
from kept.vault import files
from kept.vault.models import SealedFile

PASSWORD = "harbour walnut quiet lantern"
STAFF = gate.Actor("staff", "0a1b2c")
USE = "serve-account"


def _word() -> str:
    return f"kq{secrets.token_hex(7)}"


def token_of(page: Any) -> str:
    """The one-time token of the form on a page."""
    found = re.search(r'name="kept-form" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


class Life:
    """One person; `canaries` holds every word of theirs, by where it was given."""

    def __init__(self) -> None:
        word = {
            name: _word()
            for name in (
                "email", "username", "name", "company", "message", "char", "text", "url", "data",
                "file", "file-name", "reply", "waiting", "second-email", "asked",
            )
        }  # fmt: skip
        word["phone"] = "".join(secrets.choice("123456789") for _ in range(13))
        word["other-phone"] = "".join(secrets.choice("123456789") for _ in range(13))
        word["number"] = str(secrets.randbelow(10**15) + 10**15)
        word["amount"] = str(secrets.randbelow(9 * 10**6) + 10**6)
        born = date(1700, 1, 1) + timedelta(days=secrets.randbelow(30_000))
        word["day"] = born.isoformat()
        self.born, self.canaries, self.browser = born, word, Client()
        self.waiting: Mail | None = None
        self.email = f"{word['email']}@example.org"

    @property
    def subject(self) -> UUID | None:
        """Their id here."""
        return vault.find("email", self.email)

    def live(self, models: Any) -> None:
        """Leave something in every place."""
        self._inquire()
        self._open_account()
        self._fill_every_field(models)
        self._identifiers()
        self._mails()
        self._cache_and_log()
        ledger.sequence_once()

    def _inquire(self) -> None:
        word = self.canaries
        typed = {
            "kept-form": forms.open_page("inquiry").token,
            "name": word["name"],
            "email": self.email,
            "phone": word["phone"],
            "company": word["company"],
            "message": f"I want forty {word['message']}, please.",
            "consent-answer-inquiry": "on",
        }
        forms.collect("inquiry", {name: [value] for name, value in typed.items()})
        self.submission = Submission.objects.get(subject_id=self.subject)

    def _open_account(self) -> None:
        register = "/account/register/"
        typed = {
            "kept-form": token_of(self.browser.get(register)),
            "username": self.canaries["username"],
            "email": self.email,
            "password": PASSWORD,
            "name": self.canaries["name"],
            "consent-serve-account": "on",
            "consent-transaction": "on",
        }
        assert self.browser.post(register, typed)["Location"] == "/account/sent/"
        self.work()
        self.browser.post(self.link("/account/"))
        given = {"name": self.email, "password": PASSWORD}
        assert self.browser.post("/account/login/", given).status_code == 302
        self.user = User.objects.get(subject_id=self.subject)

    def _fill_every_field(self, models: Any) -> None:
        word = self.canaries
        with gate.purpose(USE):
            self.sample = models.Sample.objects.create(
                subject_id=self.subject,
                char=word["char"],
                text=f"a long text with {word['text']} in it",
                email=f"{word['second-email']}@example.org",
                phone=word["phone"],
                url=f"https://example.org/{word['url']}/",
                day=self.born,
                number=int(word["number"]),
                amount=Decimal(word["amount"]) + Decimal("0.25"),
                data={"deep": [word["data"]]},
            )
            self.file = files.store(
                [b"before ", word["file"].encode() * 5_000, b" after"],
                subject=self.subject,
                point="sample",
                category="communication.message",
                name=f"{word['file-name']}.txt",
            )

    def _identifiers(self) -> None:
        vault.claim("phone", self.canaries["other-phone"], self.subject)
        vault.claim("username", self.canaries["username"], self.subject)

    def _mails(self) -> None:
        """One answer that arrived, one that still waits in the queue."""
        for name in ("reply", "waiting"):
            with gate.purpose("answer-inquiry", actor=STAFF):
                answered = answering.answer(
                    self.submission.pk, f"Dear {self.canaries[name]}", heading="Mugs", once=_word()
                )
            assert answered.outcome == "queued", answered
            if name == "reply":
                delivering.deliver(answered.mail)
            else:
                self.waiting = Mail.objects.get(pk=answered.mail)
                queued = DBTaskResult.objects.values_list("args_kwargs", flat=True)
                assert any(str(answered.mail) in str(one) for one in queued)

    def _cache_and_log(self) -> None:
        self.cache = FileBasedCache(str(settings().data / "cache"), {})
        with gate.purpose(USE):
            row = type(self.sample).objects.get(pk=self.sample.pk)
            assert row.char == self.canaries["char"]
            self.cache.set(str(row.pk), row)
        self.log = settings().data / "site.log"
        handler = logging.FileHandler(self.log)
        handler.setFormatter(MaskingFormatter())
        logger = logging.getLogger("forgetting")
        logger.addHandler(handler)
        logger.error("no mail server for %s or +%s", self.email, self.canaries["phone"])
        try:
            int(self.email)
        except ValueError:
            logger.exception("could not serve %r", self.sample)
        finally:
            logger.removeHandler(handler)
            handler.close()

    def is_there(self) -> None:
        """Every canary is present, opened as it is meant to be, or raw where it may be clear."""
        word, model = self.canaries, type(self.sample)
        with gate.purpose("answer-inquiry"):
            row = Submission.objects.get(pk=self.submission.pk)
            assert {word["name"], self.email, word["company"]} <= set(row.values.values())
            assert word["message"] in row.open("message")
            assert self.waiting is not None
            assert word["waiting"] in Mail.objects.get(pk=self.waiting.pk).open("text")
        with gate.purpose(USE):
            for one in (model.objects.get(pk=self.sample.pk), self.cache.get(str(self.sample.pk))):
                assert (one.char, one.phone) == (word["char"], word["phone"])
                assert word["text"] in one.text
                assert word["second-email"] in one.email
                assert word["url"] in one.url
                assert (one.day, one.number) == (self.born, int(word["number"]))
                assert str(one.amount).startswith(word["amount"])
                assert one.data == {"deep": [word["data"]]}
            opened = files.open(SealedFile.objects.get(pk=self.file.pk))
            assert opened.name == f"{word['file-name']}.txt"
            assert word["file"].encode() in b"".join(opened.parts)
        assert any(word["reply"] in text for text in self.mails())
        for kind, value in (("phone", "other-phone"), ("username", "username")):
            assert vault.find(kind, word[value]) == self.subject
        assert OpenSession.objects.filter(account=self.user).exists()
        assert self.browser.get("/account/").status_code == 200
        assert f"could not serve <Sample: Sample object ({self.sample.pk})>" in self.log.read_text()
        assert list(ledger.receipts_about(self.subject))

    def mails(self) -> list[str]:
        """The texts of their mails in the mailbox."""
        shown = mailbox.read(mailbox.ids(), STAFF)
        return [
            one.text for one in shown if isinstance(one, mailbox.Shown) and one.to == self.email
        ]

    def link(self, word: str) -> str:
        """The newest link with that in its path, out of their mailbox."""
        for text in self.mails():
            for path in re.findall(r"https?://[^/\s]+(/\S+)", text):
                if word in path:
                    return str(path)
        raise AssertionError(f"no mail with {word}")

    def work(self) -> None:
        """What the job worker does, but for the mail that waits."""
        for link in AccountLink.objects.all():
            account_mails.write(link.pk)
        for _ in range(5):
            for own in Link.objects.filter(sent=False).exclude(kind="change"):
                writing.write(own.pk)
            for request in Request.objects.filter(state__in=UNDER_WAY):
                progress.go_on(request.pk)
            for mail in Mail.objects.filter(state="waiting", subject_id=self.subject):
                if mail != self.waiting:
                    delivering.deliver(mail.pk)

    def ask_for_erasure(self) -> None:
        """In the account, with the password."""
        given = {"verb": "ask", "kind": "erase", "password": PASSWORD}
        assert "said=asked" in self.browser.post("/account/data/", given)["Location"]

    def is_gone(self) -> None:
        """Nothing of theirs can be found, opened or used."""
        word, model = self.canaries, type(self.sample)
        assert self.subject is None
        for kind, value in (("phone", "other-phone"), ("username", "username")):
            assert vault.find(kind, word[value]) is None
        for row in (self.submission, self.sample, self.file, self.user, self.waiting):
            assert row is not None
            assert not type(row).objects.filter(pk=row.pk).exists(), type(row)
        assert not files.path_of(self.file.pk).exists()
        assert not OpenSession.objects.filter(account_id=self.user.pk).exists()
        assert self.browser.get("/account/").status_code == 302
        assert self.mails() == []
        with gate.purpose(USE):
            cached = self.cache.get(str(self.sample.pk))
            assert isinstance(cached, model)
            assert isinstance(cached.char, gate.Sealed)
