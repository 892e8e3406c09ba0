"""What is remembered of each scheduled job: one row, written before and after every run."""

from django.db import models


class Runs(models.Model):
    """The runs of one job. When it is due next follows from these facts and from how often."""

    name = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    """When the job was first seen."""
    started = models.DateTimeField(null=True)
    """Of a run that has not ended: it is running, or it was cut off."""
    succeeded = models.DateTimeField(null=True)
    """When the last run that did its work began."""
    failed = models.DateTimeField(null=True)
    """When the last run that failed began."""
    failures = models.PositiveIntegerField(default=0)
    """Failed runs since the last that succeeded."""
    seconds = models.FloatField(null=True)
    """How long the last run that ended took."""
    told = models.CharField(max_length=300, blank=True)
    """What the last successful run came to."""
    error = models.CharField(max_length=300, blank=True)
    """Why the last failed run failed."""

    class Meta:
        verbose_name_plural = "runs"

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "when jobs ran and what they came to, in words about no one"
        though = ("name",)

    def __str__(self) -> str:
        return self.name
