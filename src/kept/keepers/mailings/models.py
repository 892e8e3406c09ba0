"""Who asked for mails, who may have asked, and what was sent to all of them.

Rules: a subscription stands sealed under the clause `news`; a mailing is the operator's own text,
the same for everyone, and how far its sending came.
"""

from django.db import models

from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault.fields import DynamicModel


class Subscription(DynamicModel):
    """The address, and perhaps the name, of somebody who asked for mails."""

    day = models.DateField(default=clock.today)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject"], name="kept_one_subscription_each")
        ]

    class Kept:
        """What the vault asks: of two subscriptions of one person, theirs of the target counts."""

        on_merge = "drop"

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Asked(models.Model):
    """What was ticked for an address, until its holder confirms it. It stands sealed.

    It is nobody's, under the site's key, while nobody is known to stand behind the address; gone
    when the link is used, and a day after it was asked for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(
        "kept_vault.Subject", models.CASCADE, null=True, blank=True, related_name="+"
    )
    sealed = models.BinaryField()
    ends = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent = models.BooleanField(default=False)
    """Whether the mail left: a job that runs twice sends no second one."""

    def __str__(self) -> str:
        return f"asked {self.pk}"


class Mailing(models.Model):
    """One mail that the operator wrote to everybody who asked for its kind."""

    purpose = models.CharField(max_length=80)
    heading = models.CharField(max_length=200)
    text = models.TextField()
    base = models.CharField(max_length=300)
    """The site as the operator reached it, for the links."""
    once = models.CharField(max_length=64, unique=True)
    """Digest of the form that wrote it, so that a double click sends once."""
    day = models.DateField(default=clock.today)
    after = models.UUIDField(null=True, blank=True)
    """The last subscription that was looked at: sending goes on behind it after a crash."""
    queued = models.PositiveIntegerField(default=0)
    denied = models.PositiveIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        ordering = ("-day", "-pk")

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "the operator's own text, the same for everyone, and counts"

    def __str__(self) -> str:
        return f"mailing {self.pk}"
