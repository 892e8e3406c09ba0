"""What came in through collection points without a model of their own, and what was answered.

Rules: names and values stand sealed in one envelope, each with its category; only the state and
the day are ordinary columns; a spent token is a digest that names nobody.
"""

from django.db import models

from kept._kit import clock
from kept.vault.fields import DynamicModel


class Submission(DynamicModel):
    """One submission of a collection point's form."""

    class State(models.TextChoices):
        """Where it stands for the operator."""

        NEW = "new"
        ANSWERED = "answered"

    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    day = models.DateField(default=clock.today)
    """The day it came in (UTC); the exact time is nobody's business."""

    class Meta:
        ordering = ("-day", "pk")
        indexes = [models.Index(fields=["point", "state", "-day"])]

    def __str__(self) -> str:
        return f"{self.point} {self.pk}"


class Answer(DynamicModel):
    """What the operator answered to a submission: sealed and kept as the submission is."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="answers")
    day = models.DateField(default=clock.today)
    once = models.CharField(max_length=64, unique=True)
    """Digest of the form that sent it, so that a double click answers once."""

    class Meta:
        ordering = ("day", "pk")

    def __str__(self) -> str:
        return f"answer {self.pk}"


class SpentToken(models.Model):
    """A form token that was used. Not personal: a digest of a random number."""

    digest = models.CharField(max_length=64, primary_key=True)
    day = models.DateField(default=clock.today, db_index=True)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "digests of one-time tokens that were random"

    def __str__(self) -> str:
        return self.digest[:12]
