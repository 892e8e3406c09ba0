"""The posted policy versions, in order, and the bit of each purpose in a mask of choices.

Rules: a version is never changed or removed (UI-01, SC-46: earlier ones stay readable); its place
in the order is its `ordinal`, because two texts may carry the same version label; a purpose's bit
is given once and never reused, because masks of choices stand in every subject's row.
"""

from typing import Any

from django.db import models


class PolicyVersion(models.Model):
    """One posted text of the policy. Nothing in it is personal."""

    ordinal = models.PositiveIntegerField(primary_key=True)
    label = models.CharField(max_length=40)
    effective = models.DateField()
    digest = models.CharField(max_length=64)
    text = models.TextField()
    adopted_at = models.DateTimeField()

    class Meta:
        ordering = ("ordinal",)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "posted policy texts"

    def __str__(self) -> str:
        return f"{self.label} ({self.ordinal})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Post the version; a posted one cannot be saved again."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)


class PurposeBit(models.Model):
    """The place of a purpose in the masks of consents and objections (0 to 62)."""

    purpose = models.CharField(max_length=80, unique=True)
    bit = models.PositiveSmallIntegerField(primary_key=True)

    class Meta:
        ordering = ("bit",)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "purposes of the policy"

    def __str__(self) -> str:
        return f"{self.purpose}={self.bit}"
