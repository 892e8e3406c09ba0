"""Quotes, and the words with which they were accepted: sealed, under the clause of the account."""

from django.db import models

from kept._kit import clock
from kept.vault.fields import DynamicModel


class Quote(DynamicModel):
    """One quote for one client. Only its state and its days are ordinary columns."""

    class State(models.TextChoices):
        """A quote is decided once."""

        OFFERED = "offered"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    day = models.DateField(default=clock.today)
    decided = models.DateField(null=True, blank=True)
    once = models.CharField(max_length=64, unique=True)
    """Digest of the form that wrote it, so that a double click offers once."""

    class Meta:
        ordering = ("-day", "pk")
        indexes = [models.Index(fields=["state", "-day"])]

    def __str__(self) -> str:
        return f"quote {self.pk}"
