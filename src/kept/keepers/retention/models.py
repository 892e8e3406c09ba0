"""The sweeps: when each ran and what it came to. Nothing here is about a person."""

from django.db import models

from kept._kit import clock


class Sweep(models.Model):
    """One sweep. One without an end was cut off; the next goes on where it stopped."""

    began = models.DateTimeField(default=clock.now, db_index=True)
    ended = models.DateTimeField(null=True)
    rows = models.PositiveBigIntegerField(default=0)
    """Rows that were removed."""
    people = models.PositiveBigIntegerField(default=0)
    """Subjects of whom nothing was left, removed with their last keys and identifiers."""
    keys = models.PositiveBigIntegerField(default=0)
    """Keys that nothing was sealed with any more, destroyed."""
    identifiers = models.PositiveBigIntegerField(default=0)
    """Identifiers that no row had any more, forgotten."""
    others = models.PositiveBigIntegerField(default=0)
    """What keepers removed that is not rows about people, such as batches of visits."""
    looked = models.BooleanField(default=False)
    """True where every subject was looked at for what is left."""
    longest = models.FloatField(default=0.0)
    """Seconds that the longest transaction took."""

    class Meta:
        ordering = ("-began", "-pk")

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "when the sweep ran, and counts"

    def __str__(self) -> str:
        return f"sweep of {self.began:%Y-%m-%d}"
