"""Mails that came in, what came with them, and what was answered.

Rules: address, name, heading and text stand sealed in one envelope under the clause `mail`; what
came with it are sealed files; the ordinary columns tell what kind of mail it is, never from whom;
the day is kept, the time is not.
"""

from django.db import models

from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault.fields import DynamicModel
from kept.vault.models import SealedFile, Subject


class Letter(DynamicModel):
    """One mail."""

    class Kind(models.TextChoices):
        """`bounce` and `automatic`: no person wrote it; `unreadable`: kept as it came."""

        LETTER = "letter"
        BOUNCE = "bounce"
        AUTOMATIC = "automatic"
        UNREADABLE = "unreadable"

    class State(models.TextChoices):
        """`passed`: it became a request about the person's own data; `aside`: needs no answer."""

        NEW = "new"
        ANSWERED = "answered"
        PASSED = "passed"
        ASIDE = "aside"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    proven = models.BooleanField(default=False)
    """Whether the receiving server, or an operator, found that the sender is who it says."""
    asks = models.CharField(max_length=12, blank=True)
    """The right that its heading asks for."""
    request = models.UUIDField(null=True)
    """The request that it became."""
    once = models.CharField(max_length=64, unique=True)
    """Keyed digest of what came, so that a mail delivered twice is kept once."""
    day = models.DateField(default=clock.today)

    class Meta:
        ordering = ("-day", "pk")
        indexes = [models.Index(fields=["kind", "state", "-day"])]

    class Kept:
        """What exports ask."""

        says = "Mails that you sent us"

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Enclosure(models.Model):
    """A file that came with a mail; of an unreadable one, the mail itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="enclosures")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", editable=False)
    file = models.OneToOneField(SealedFile, models.CASCADE, related_name="+")

    class Kept:
        """What exports ask."""

        says = "What came with your mails"

    def __str__(self) -> str:
        return f"enclosure {self.pk}"


class Reply(DynamicModel):
    """What the operator answered: sealed and kept as the mail is."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="replies")
    day = models.DateField(default=clock.today)
    once = models.CharField(max_length=64, unique=True)
    """Digest of the form that sent it, so that a double click answers once."""

    class Meta:
        ordering = ("day", "pk")

    class Kept:
        """What exports ask."""

        says = "What we answered to your mails"

    def __str__(self) -> str:
        return f"reply {self.pk}"
