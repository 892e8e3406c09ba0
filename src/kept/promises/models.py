"""The posted policy versions, in order, and the bit of each purpose in a mask of choices.

Rules: a version is never changed or removed (UI-01, SC-46: earlier ones stay readable), withdrawn
only while it is not in force yet, and stays readable then, too; its place
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
    withdrawn_at = models.DateTimeField(null=True)
    """Set where it was withdrawn before it came into force; it never does then."""

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


class Proof(models.Model):
    """What the last run found about one promise. Counts and names of parts; nothing personal."""

    promise = models.CharField(max_length=120, primary_key=True)
    state = models.CharField(max_length=8)
    """`kept`, `broken` or `unproven`."""
    parts = models.JSONField(default=list)
    """Per check: its name, the ability, state, words, figures, and what it carries."""
    version = models.PositiveIntegerField()
    """Ordinal of the policy version whose sentence was looked at."""
    looked_at = models.DateTimeField()
    counts_until = models.DateTimeField()
    """When the finding is too old to count: its proof interval after it was made."""
    proven_at = models.DateTimeField(null=True)
    """When it was last found kept; NULL where it never was."""
    seconds = models.FloatField(default=0.0)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "findings about the software: counts and names of its parts"

    def __str__(self) -> str:
        return f"{self.promise}: {self.state}"


class Turn(models.Model):
    """A promise that changed its state: the history that operators and auditors read."""

    promise = models.CharField(max_length=120, db_index=True)
    state = models.CharField(max_length=8)
    says = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "when a promise of the software turned kept, broken or unproven"

    def __str__(self) -> str:
        return f"{self.promise} turned {self.state}"


class Run(models.Model):
    """One run of the checks: how many promises it found in which state."""

    began = models.DateTimeField(db_index=True)
    seconds = models.FloatField()
    whole = models.BooleanField()
    """True where every promise was looked at; False for `--promise`."""
    kept = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()
    unproven = models.PositiveIntegerField()

    class Meta:
        ordering = ("-began", "-pk")

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "when the software was checked, and counts"

    def __str__(self) -> str:
        return f"{self.kept} kept, {self.broken} broken, {self.unproven} unproven"
