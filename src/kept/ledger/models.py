"""The ledger's two tables in the data database: entries that wait, and the tree they last saw.

Rules: an entry is written in the transaction of its effect and removed once its leaf stands in
the signed tree; the note of the tree is how a restored database is recognised.
"""

from django.db import models


class Outbox(models.Model):
    """One waiting entry; its fields are those of `kept.ledger.entries.Entry`."""

    mark = models.BinaryField(max_length=16)
    subject = models.UUIDField(null=True, editable=False)
    day = models.PositiveIntegerField(editable=False)
    body = models.BinaryField()
    mac = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "outbox"

    class Kept:
        """What the vault's check of holdings asks."""

        holds_by = "subject"
        on_erase = "keep"
        reason = "sealed under the subject's key; the sequencer takes it away"

    def __str__(self) -> str:
        return bytes(self.mark).hex()


class Head(models.Model):
    """The tree as this database last saw it; one row."""

    log = models.PositiveIntegerField(default=1)
    """Which log of the site it is a tree of."""
    batch = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "the size and root of a tree"

    def __str__(self) -> str:
        return f"{self.size} leaves"
