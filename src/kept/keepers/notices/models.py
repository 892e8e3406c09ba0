"""Notices of new versions and how far they came; who was shown one; what people agreed to.

Rules: what was shown and agreed to names a person by a random id, a version and a day; it goes with
the last of what is held about them.
"""

from django.db import models

from kept._kit import clock
from kept._kit.ids import new_id


class Notice(models.Model):
    """The notice of one posted version. Its text is the same for everyone."""

    version = models.PositiveIntegerField(primary_key=True)
    """Ordinal of the version."""
    effective = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    after = models.UUIDField(null=True)
    """The last account that was looked at: sending goes on behind it after a crash."""
    mailed = models.PositiveBigIntegerField(default=0)
    denied = models.PositiveBigIntegerField(default=0)
    """Accounts that no mail went to: the policy did not permit it, or the address is none."""
    done = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "which version, and counts"

    def __str__(self) -> str:
        return f"notice of version {self.version}"


class Shown(models.Model):
    """A person was shown what a version changes, on a page of theirs."""

    subject = models.ForeignKey("kept_vault.Subject", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    day = models.DateField(default=clock.today)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "version"], name="kept_shown_once")
        ]

    class Kept:
        """What the vault's checks ask."""

        holds_by = "subject"
        with_subject = True

    def __str__(self) -> str:
        return f"shown version {self.version}"


class Agreement(models.Model):
    """A person agreed to a version."""

    class Way(models.TextChoices):
        """How. `continued-use` counts for what is collected afterwards."""

        CONTINUED_USE = "continued-use"
        EXPRESS = "express"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    """Its event names it by this."""
    subject = models.ForeignKey("kept_vault.Subject", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    way = models.CharField(max_length=13, choices=Way.choices)
    earlier = models.BooleanField()
    """True where it holds for what was collected before, too."""
    day = models.DateField(default=clock.today)

    class Meta:
        ordering = ("-version", "way")
        constraints = [
            models.UniqueConstraint(fields=["subject", "version", "way"], name="kept_agreed_once")
        ]

    class Kept:
        """What the vault's checks ask."""

        holds_by = "subject"
        with_subject = True

    def __str__(self) -> str:
        return f"{self.way} of version {self.version}"
