"""Mails that wait to leave. A mail that left is no longer here; that it left stands in the ledger.

Rules: address, heading and text stand sealed, in the recipient's own envelope, under the clause of
the collection point that the address came in by and the policy version it was collected under; the
ordinary columns tell nothing about what is said.
"""

from django.db import models

from kept._kit import clock
from kept.vault.fields import DynamicModel


class Mail(DynamicModel):
    """One letter to one person, waiting."""

    class State(models.TextChoices):
        """`denied`: the gate withheld it at the last moment; `failed`: given up by the machine."""

        WAITING = "waiting"
        SENDING = "sending"
        DENIED = "denied"
        FAILED = "failed"

    purpose = models.CharField(max_length=80)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=80, blank=True)
    """Kind of the last failure, or the clause that denied."""

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"mail {self.pk}"
