"""The subject: the person that data is about, with or without a login. Nothing here says who.

Rules: the id is random and means nothing outside; masks hold one bit per purpose;
a subject that is not `active` gets no new data; ordinals count policy versions as adopted.
"""

from django.db import models

from kept._kit import clock
from kept._kit.ids import new_id


class State(models.TextChoices):
    """Where a subject stands. `erasing`: decided, keys are being destroyed; `erased`: they are."""

    ACTIVE = "active"
    ERASING = "erasing"
    ERASED = "erased"


class Subject(models.Model):
    """One person, by a random id; their choices and agreements, as the gate needs them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ACTIVE)
    collected = models.PositiveIntegerField()
    """Ordinal of the policy version in force when the subject was first seen."""
    agreed = models.PositiveIntegerField(null=True, blank=True)
    """Ordinal of the latest version agreed to, for data collected earlier too."""
    consented = models.BigIntegerField(default=0)
    """Mask over purpose bits: consent given and not withdrawn."""
    objected = models.BigIntegerField(default=0)
    """Mask over purpose bits: objection or refusal."""
    restricted = models.BooleanField(default=False)
    ceased = models.BooleanField(default=False)
    since = models.DateField(default=clock.today)

    class Meta:
        indexes = [
            models.Index(
                name="kept_subject_not_active",
                fields=["state"],
                condition=~models.Q(state="active"),
            )
        ]

    def __str__(self) -> str:
        return f"subject {self.id}"
