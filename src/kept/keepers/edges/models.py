"""What was stopped, by day: a kind, a name, a count. Never a value, a page, a person or a time."""

from django.db import models

from kept._kit import clock


class Stopped(models.Model):
    """How often something was stopped on one day."""

    day = models.DateField(default=clock.today, db_index=True)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "name"], name="kept_stopped_once_a_day")
        ]

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "counts under names that code chose: a cookie's, a host's, a logger's"
        though = ("name",)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.count}"
