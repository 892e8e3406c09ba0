"""Each consent that a subject gave, with the policy version and the exact text it was given under.

Rules: a consent is never edited, only withdrawn, once (GDPR Art. 7(1): able to show it; 7(3):
withdrawing ends it for the future and leaves it on record); a text that was shown is kept once,
by its digest, and is not personal.
"""

from django.db import models

from kept._kit.ids import new_id


class ShownText(models.Model):
    """A notice exactly as it stood on the page. Not personal: the same for everyone."""

    digest = models.CharField(max_length=64, primary_key=True)
    """BLAKE2b-256 of the text, hex."""
    text = models.TextField()

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "a notice as everyone saw it"

    def __str__(self) -> str:
        return self.digest[:12]


class Consent(models.Model):
    """One subject's consent to one purpose (DPV `ConsentGiven`, `ConsentWithdrawn`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey("kept_vault.Subject", models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=80)
    point = models.CharField(max_length=80)
    """The collection point where it was given."""
    version = models.PositiveIntegerField()
    """Ordinal of the policy version in force when it was given."""
    shown = models.ForeignKey(ShownText, models.PROTECT, related_name="consents")
    asked_at = models.DateTimeField(null=True, blank=True)
    """When it was ticked, where the address was proved after that by a link; else empty."""
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose"])]
        constraints = [
            models.CheckConstraint(
                name="kept_consent_withdrawn_after_given",
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
            ),
            models.CheckConstraint(
                name="kept_consent_confirmed_after_asked",
                condition=models.Q(asked_at__isnull=True)
                | models.Q(given_at__gte=models.F("asked_at")),
            ),
        ]

    class Kept:
        """What the vault's checks ask."""

        holds_by = "subject"
        with_subject = True
        """It goes with the last of what it was given for."""
        versions = ("version",)

    def __str__(self) -> str:
        return f"{self.purpose} under {self.version}"
