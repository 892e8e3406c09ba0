"""A policy with holds and a statute, and somebody whose data is worth holding."""

from datetime import timedelta
from typing import Any

from kept import gate, vault
from kept._kit import clock
from kept.vault import files
from tests.vault import catalogue as c
from tests.vault.policies import TEXT

HOLDS = (
    TEXT
    + """
[holds.legal]
says = "to settle disputes"
longest = "7 years"

[holds.billing]
says = "to be paid"
categories = ["communication"]
longest = "1 year"

[holds.names]
says = "to know whom we dealt with"
categories = ["identity.name"]
"""
)
LAW = (
    HOLDS.replace('keep = "30 days"', 'keep = "10 years"\nstatute = "tax"', 1)
    + '\n[statutes.tax]\nsays = "tax law"\n'
)
STAFF = "0a1b2c"


def in_days(days: int) -> Any:
    """The day that many days from now."""
    return clock.today() + timedelta(days=days)


class Somebody:
    """A person with sealed rows, clear rows and a file."""

    def __init__(self, message: str = "hello") -> None:
        from tests.vault.host import models as M

        self.M, self.email = M, c.email()
        with gate.purpose("serve"):
            self.inquiry = M.Inquiry.objects.create(name="Zoe", email=self.email, message=message)
            self.subject = self.inquiry.subject_id
            self.named = M.Sample.objects.create(subject_id=self.subject, char="Zoe")
            self.chat = M.Sample.objects.create(subject_id=self.subject, char="", text="chat")
            self.bare = M.Sample.objects.create(subject_id=self.subject, char="")
            self.file = files.store(
                [b"file of ", message.encode()],
                subject=self.subject, point="inquiry", category="communication.message",
                name="letter.txt",
            )  # fmt: skip
        self.note = M.Note.objects.create(inquiry=self.inquiry, word="note")

    def left(self) -> set[str]:
        """What is there of the person, by name."""
        names = ("inquiry", "named", "chat", "bare", "file", "note")
        rows = {name: getattr(self, name) for name in names}
        found = {name for name, row in rows.items() if type(row).objects.filter(pk=row.pk).exists()}
        return found | ({"content"} if files.path_of(self.file.pk).exists() else set())

    def classes(self) -> set[str]:
        """The classes of the keys that there are."""
        return set(vault.key_store().keys.classes_of(self.subject).values())
